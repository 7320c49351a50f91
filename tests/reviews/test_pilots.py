"""Pilots: tried out by an approved request, taken into full use by another, and by nothing else."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from common.errors import Invalid
from reviews.models import ChangeRequest
from reviews.services.requests import create_request
from taxonomy import selectors as taxonomy
from taxonomy.models import Segment
from taxonomy.selectors.invariants import breaches
from tests.reviews.conftest import proposed_change, proposed_creation, submitted, vote

pytestmark = pytest.mark.django_db
KEY = "new-market"


def carried_out(cast: SimpleNamespace, request: ChangeRequest) -> ChangeRequest:
    found = submitted(cast.owner, request)
    vote(cast.marketing_member, found)
    vote(cast.sales_member, found)
    return ChangeRequest.objects.get(pk=found.pk)


def changed(cast: SimpleNamespace, kind: str = "change", **content: Any) -> ChangeRequest:
    return create_request(
        actor=cast.owner, kind=kind, subject_type="segment", subject_key=KEY, proposed=content, rationale="We tried it."
    )


def status() -> str:
    return str(Segment.objects.get(key=KEY).status)


@pytest.fixture
def pilot(cast: SimpleNamespace, live_segment: str) -> SimpleNamespace:
    """A closed pilot, by an approved request."""
    carried_out(cast, proposed_creation(cast.owner, KEY, name="New market", pilot="closed"))
    return cast


def test_pilot__from_trial_to_full_use__only_by_requests(pilot: SimpleNamespace) -> None:
    assert status() == "pilot"
    assert KEY in taxonomy.closed_pilots()
    carried_out(pilot, changed(pilot, meaning="They buy much, as we see it today."))
    assert status() == "pilot", "a change of words keeps it a pilot"
    promoted = changed(pilot, pilot=None)
    assert promoted.title.endswith("into full use")
    assert carried_out(pilot, promoted).state == "applied"
    assert (status(), taxonomy.closed_pilots()) == ("active", frozenset())
    carried_out(pilot, changed(pilot, "revert", version=1))
    assert status() == "active", "going back to what was tried keeps what is in use in use"
    assert breaches() == []


def test_pilot__of_what_is_in_full_use__is_refused(pilot: SimpleNamespace, live_segment: str) -> None:
    with pytest.raises(Invalid) as refused:
        proposed_change(pilot.owner, live_segment, pilot="open")
    assert refused.value.errors[0]["pointer"] == "/proposed/pilot"
    with pytest.raises(Invalid) as refused:
        changed(pilot, pilot="half")
    assert refused.value.errors[0]["code"] == "unknown_pilot"


def test_pilot__what_would_rest_on_it__is_refused_until_it_is_one_too(pilot: SimpleNamespace) -> None:
    below = {"name": "Coupon lovers", "parent": KEY, "tier": "sub_segment", "rule": "coupons > 1"}
    with pytest.raises(Invalid) as refused:
        proposed_creation(pilot.owner, "below", **below)
    assert refused.value.errors[0]["pointer"] == "/proposed/parent"
    with pytest.raises(Invalid) as refused:
        proposed_creation(pilot.owner, "beside", name="Those beside", rule=f"IN_SEGMENT('{KEY}')")
    assert refused.value.errors[0]["pointer"] == "/proposed/rule"
    assert carried_out(pilot, proposed_creation(pilot.owner, "below", pilot="open", **below)).state == "applied"
    with pytest.raises(Invalid, match="stand on"):
        changed(pilot, "retire")


def test_pilot__deprecated_or_named_as_a_successor__is_refused(pilot: SimpleNamespace, live_segment: str) -> None:
    with pytest.raises(Invalid) as refused:
        changed(pilot, "deprecate", successor=live_segment)
    assert refused.value.errors[0]["pointer"] == "/subject/key"
    with pytest.raises(Invalid) as refused:
        create_request(
            actor=pilot.owner,
            kind="retire",
            subject_type="segment",
            subject_key=live_segment,
            proposed={"successor": KEY},
            rationale="It is the same.",
        )
    assert refused.value.errors[0]["pointer"] == "/proposed/successor"


@pytest.mark.parametrize(
    "write",
    [
        f"UPDATE taxonomy_segment SET status = 'active' WHERE key = '{KEY}'",
        f"UPDATE taxonomy_segment SET status = 'deprecated' WHERE key = '{KEY}'",
        "UPDATE taxonomy_segment SET status = 'pilot' WHERE key = 'big-baskets'",
    ],
)
def test_pilot__written_past_the_door__is_refused_by_the_database(pilot: SimpleNamespace, write: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(write)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_pilot__on_the_pages_and_in_the_api__is_called_one(pilot: SimpleNamespace, client: Client) -> None:
    client.force_login(pilot.owner)
    assert client.get(f"/api/v1/segments/{KEY}/").json()["status"] == "pilot"
    page = client.get(f"/segments/{KEY}/").content.decode()
    assert "Take it into full use" in page
    assert "Pilot" in page
    assert "Pilot" in client.get("/taxonomy/").content.decode()
    form = client.get(f"/requests/new/?type=segment&kind=change&key={KEY}&pilot=end").content.decode()
    assert '<option value="" selected>In full use</option>' in form
