"""Words that stand in restricted places alone, and who may come upon each."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from accounts.services import create_token
from customers.services.attributes import define_attribute
from customers.services.profiles import merge_customers_bulk
from ledger.services import record_reading
from reviews.models import ChangeRequest
from reviews.services.requests import create_request, submit_request
from reviews.services.standing_aside import stand_aside
from tests.reviews.conftest import invited

SPECIAL, CITY, CUSTOMER, READ = "zqspecialnote", "zqhomecity", "zqcustomer-01", "zqreading-07"
MAILBOX, OUTSIDE = "zqviewer@example.org", "zqoutside@example.org"


@dataclass(frozen=True)
class Canary:
    """A word, where it was put, and the people of the walk who may read it there."""

    word: str
    what: str
    may: frozenset[str] = frozenset()


def plant_values(people: SimpleNamespace) -> None:
    """A customer whose name and values are told from all others, before the memberships are computed."""
    content = {"label": "Home city", "type": "text", "dimension": "demographic", "sensitivity": "personal"}
    define_attribute(actor=people.steward, key="home_city", content={**content, "source": "pos"})
    values = {"orders_90d": 30, "spend_365d": 9000, "home_city": CITY, "household_note": SPECIAL, "has_children": True}
    row = {"external_id": CUSTOMER, "attributes": values}
    others = [
        {"external_id": key, "attributes": {"home_city": CITY, "household_note": SPECIAL}} for key in ("hh-01", "hh-07")
    ]
    list(merge_customers_bulk(actor=people.steward, rows=[row, *others], source_key="pos"))


def plant_around(people: SimpleNamespace, request: ChangeRequest) -> tuple[list[Canary], ChangeRequest]:
    """What stands around a request; and a second request, whose rule reads values that few may see."""
    people.viewer.email = MAILBOX
    people.viewer.save(update_fields=["email"])
    record_reading(actor=people.steward, what="page of a customer", object_type="customer", object_key=READ)
    _, link = invited(people.marketing_member, request, OUTSIDE)
    _, token = create_token(actor=people.steward, user_id=people.steward.pk, name="crm", scopes=["read"])
    hidden = create_request(
        actor=people.steward,
        kind="change",
        subject_type="segment",
        subject_key="occasional",
        proposed={"rule": "orders_90d < 4 AND household_note IS NOT NULL"},
        rationale="They asked for it.",
    )
    submit_request(actor=people.steward, request_id=hidden.pk)
    stand_aside(actor=people.finance_member, request_id=request.pk, kind="conflict", reason="Of the family.")
    canaries = [
        Canary(SPECIAL, "a value of a special category"),
        Canary(CITY, "a personal value", frozenset({"rep"})),
        Canary(CUSTOMER, "a customer", frozenset({"rep", "owner"})),
        Canary(READ, "somebody else's reading"),
        Canary(MAILBOX, "a colleague's mail address", frozenset({"viewer"})),
        Canary(OUTSIDE, "an outsider's mail address"),
        Canary(link.split(":")[0], "an outsider's link"),
        Canary(token, "a token"),
    ]
    return canaries, hidden


def texts_in(content: bytes) -> Iterator[bytes]:
    """An answer as bytes; of an archive, each file in it."""
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield from texts_in(archive.read(name))
    else:
        yield content


def body_of(answer: Any) -> bytes:
    """All bytes of an answer, streamed or not."""
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)
