"""What stands in restricted places alone is in no answer to those who may not read it: page, call, search or file."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from memberships.services.execution import execute_run
from memberships.services.runs import request_run
from reviews.models import ChangeRequest
from tests.consent.canaries import OUTSIDE, Canary, body_of, plant_around, plant_values, texts_in
from tests.consent.walking import undone
from tests.permissions.routes import routes
from tests.permissions.test_matrix import stage as full_stage  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

WALKERS = ("viewer", "rep", "owner")
# Looked for by name besides: a search that finds what it does not show would tell that it is there.
SEARCHES = (
    "/search/?q={}",
    "/palette/?q={}",
    "/customers/?q={}",
    "/api/v1/customers/?q={}",
    "/ledger/?object=customer:{}",
)
# Counts of a change that lead to few customers, as programs read them.
SMALL = re.compile(rb'"(?:entering|leaving|both|only_shadow|only_live|consent_blocked)":\s*[1-4]\b')

NEVER_SHOWN = {"a colleague's mail address", "an outsider's link", "a token"}
"""Shown to administrators alone, or to nobody."""


@pytest.fixture
def planted(grocer: SimpleNamespace, request: pytest.FixtureRequest) -> SimpleNamespace:
    """The stage of all addresses, with canaries in its restricted places."""
    plant_values(grocer)
    ids = request.getfixturevalue("full_stage")
    first = ChangeRequest.objects.get(pk=ids["request_id"])
    grocer.canaries, hidden = plant_around(grocer, first)
    execute_run(request_run(actor=grocer.steward, trigger="person").pk)
    grocer.ids, grocer.hidden = ids, hidden
    return grocer


def addresses(planted: SimpleNamespace, who: str) -> list[str]:
    """Every address that is read; again those of requests for the one about hidden values, all that an author walks."""
    hidden = {**planted.ids, "request_id": planted.hidden.pk}
    about = [*routes(hidden, lambda name, wanted: "request_id" in wanted)]
    every = [] if who == "owner" else [*routes(planted.ids)]
    read = [path for _, path, methods in (*every, *about) if "GET" in methods]
    requests = (planted.ids["request_id"], planted.hidden.pk)
    tabs = [f"/requests/{number}/?tab={tab}" for number in requests for tab in ("changes", "impact", "checks")]
    return [
        *read,
        *tabs,
        "/customers/zqcustomer-01/",
        "/api/v1/customers/zqcustomer-01/explanation/?segment=occasional",
    ]


def spilled(who: str, browser: Client, path: str, canaries: list[Canary]) -> list[str]:
    """What the answer holds that this person may not read."""
    with undone():
        content = b"\n".join(texts_in(body_of(browser.get(path))))
    # What somebody typed comes back to them as they typed it.
    hidden = [each for each in canaries if who not in each.may and each.word not in path]
    found = [f"{who} reads {each.what} at {path}" for each in hidden if each.word.encode() in content]
    if who == "viewer" and path.startswith("/api/") and (small := SMALL.findall(content)):
        found.append(f"{who} reads {small} at {path}")
    return found


def test_canaries__in_every_address_that_is_read__are_met_only_by_who_may(
    planted: SimpleNamespace, client_of: Any
) -> None:
    wrong: list[str] = []
    for who in WALKERS:
        browser = client_of(getattr(planted, who))
        for path in addresses(planted, who):
            wrong += spilled(who, browser, path, planted.canaries)
    assert not wrong, "\n".join(wrong)


def test_canaries__in_ledger_mails_notifications_and_searches__are_where_they_belong(
    planted: SimpleNamespace, client_of: Any
) -> None:
    """Whoever may read them finds them; without that the walk above could find nothing because nothing is there."""
    assert met_by_who_may(planted, client_of) == {each.what for each in planted.canaries} - NEVER_SHOWN
    ledger, told = everything_in("ledger_entry"), everything_in("notifications_notification")
    assert ledger and told
    for each in planted.canaries:
        assert each.word not in told, f"a notification holds {each.what}"
        assert each.word not in ledger or each.what == "somebody else's reading", f"the ledger holds {each.what}"
    link = next(each.word for each in planted.canaries if each.what == "an outsider's link")
    assert [message.to for message in mail.outbox if link in str(message.body)] == [[OUTSIDE]]
    browser = client_of(planted.viewer)
    for pattern in SEARCHES:
        for each in planted.canaries:
            if "viewer" not in each.may:
                assert links_for(browser, pattern, each.word) == links_for(browser, pattern, "zqnothing"), each.what


def met_by_who_may(planted: SimpleNamespace, client_of: Any) -> set[str]:
    """What the pages of restricted places show to those for whom they are."""
    pages = {
        "steward": "/customers/hh-01/",
        "rep": "/customers/zqcustomer-01/",
        "auditor": "/ledger/readings/",
        "marketing_member": f"/requests/{planted.ids['request_id']}/",
    }
    seen = b"".join(body_of(client_of(getattr(planted, who)).get(path)) for who, path in pages.items())
    return {each.what for each in planted.canaries if each.word.encode() in seen}


def everything_in(table: str) -> str:
    """All rows of a table as text."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(string_agg(row::text, ' '), '') FROM {table} row")
        return str(cursor.fetchone()[0])


def links_for(browser: Client, pattern: str, word: str) -> tuple[int, int]:
    """The status of a search, and how many links its answer holds."""
    answer = browser.get(pattern.format(word))
    return answer.status_code, body_of(answer).count(b"<a ")
