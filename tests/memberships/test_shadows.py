"""The shadow lane: counted beside the live rules, and in no answer that a consumer gets."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from common.clock import now
from common.errors import Invalid, NotAllowed
from memberships.measures.suppression import K
from memberships.models import Current, Delta, Shadow, Snapshot
from memberships.selectors.shadows import divergence, shown_shadow
from memberships.services.shadows import measure_shadows, start_shadow, stop_shadow
from notifications.models import Notification
from reviews.models import ChangeRequest, Impact
from reviews.services.requests import submit_request
from tests.memberships.conftest import run_now
from tests.reviews.conftest import vote

EVERYBODY = "orders_90d IS NOT NULL OR spend_365d IS NOT NULL"


@pytest.fixture
def grocer(cast: SimpleNamespace) -> SimpleNamespace:
    """The grocer with its board, after its first run."""
    from tests.factories.grocer import make_grocer

    people = make_grocer(cast)
    run_now()
    return people


def started(people: SimpleNamespace, **given: Any) -> Shadow:
    given = {"segment_key": "anchors", "rule": "spend_365d >= 3000", "name": "Spend alone", **given}
    return start_shadow(actor=people.owner, **given)


def answers(people: SimpleNamespace, api_of: Any) -> dict[str, Any]:
    """What every consumer gets about the segments and their customers."""
    api = api_of(people.steward)
    addresses = [
        "/api/v1/segments/",
        "/api/v1/segments/anchors/members/",
        "/api/v1/segments/households/members/",
        "/api/v1/segments/anchors/changes/",
        "/api/v1/customers/hh-10/segments/",
        "/api/v1/lists/",
    ]
    found = {address: (reply := api.get(address)).status_code and reply.content for address in addresses}
    flags = api.post(
        "/ofrep/v1/evaluate/flags", {"context": {"targetingKey": "hh-10"}}, content_type="application/json"
    )
    assert flags.status_code == 200
    counted = api.post("/api/v1/lists/count/", {"expression": "anchors"}, content_type="application/json")
    return {**found, "flags": flags.content, "counted": _count_of(counted)}


def _count_of(reply: Any) -> tuple[int, Any]:
    """How many were counted; the instant of the question differs each time."""
    assert reply.status_code == 200
    return reply.status_code, reply.json()["count"]


def test_shadow__of_everybody__is_in_no_answer_of_any_consumer(grocer: SimpleNamespace, api_of: Any) -> None:
    before, stored = answers(grocer, api_of), [table.objects.count() for table in (Current, Snapshot, Delta)]
    shadow = started(grocer, rule=EVERYBODY)
    measure_shadows()
    assert shadow.days.get().size == 11
    assert answers(grocer, api_of) == before
    assert [table.objects.count() for table in (Current, Snapshot, Delta)] == stored
    run_now()
    assert answers(grocer, api_of).keys() == before.keys()
    key = "/api/v1/segments/anchors/members/"
    assert api_of(grocer.steward).get(key).json()["total"] == 3


def test_shadow__beside_the_live_rule__counts_both_and_either(grocer: SimpleNamespace) -> None:
    day = started(grocer).days.get()
    assert (day.size, day.live, day.both, day.only_shadow, day.only_live) == (5, 3, 3, 2, 0)
    assert (day.value, day.live_value, day.unit) == (18900.0, 11300.0, "USD")
    assert divergence(day) == 0.4


def test_shadow__for_a_segment_that_may_come__runs_alone(grocer: SimpleNamespace) -> None:
    day = started(grocer, segment_key="", parent_key="households").days.get()
    assert (day.size, day.live, day.both) == (5, None, None)


def test_shadow__reader_without_customers__reads_no_small_part(grocer: SimpleNamespace) -> None:
    found = shown_shadow(grocer.viewer, started(grocer)).days[0]
    assert (found.only_shadow, found.both, found.size) == (f"fewer than {K}", f"fewer than {K}", "not shown")
    assert found.value is None
    assert shown_shadow(grocer.steward, found.day.shadow).days[0].only_shadow == 2


def test_shadow__second_count_of_a_day__takes_the_place_of_the_first(grocer: SimpleNamespace) -> None:
    shadow = started(grocer)
    assert measure_shadows() == 1
    assert shadow.days.count() == 1


def test_shadow__time_is_over__ends_by_itself_and_tells_its_owner(grocer: SimpleNamespace) -> None:
    shadow = started(grocer)
    Shadow.objects.filter(pk=shadow.pk).update(ends_on=now().date() - timedelta(days=1))
    assert measure_shadows() == 0
    shadow.refresh_from_db()
    assert shadow.ended_at is not None
    assert Notification.objects.get(person=grocer.owner, key=f"shadow-ended-{shadow.pk}").url == reverse(
        "memberships:shadow", args=[shadow.pk]
    )


def test_shadow__one_that_can_not_be_counted__does_not_stop_the_others(grocer: SimpleNamespace) -> None:
    broken, good = started(grocer), started(grocer)
    Shadow.objects.filter(pk=broken.pk).update(rule="gone > 1")
    broken.days.all().delete()
    good.days.all().delete()
    measure_shadows()
    assert good.days.get().size == 5
    assert broken.days.get().size is None
    assert broken.days.get().reason


def test_shadow__who_may_start_and_for_how_long(grocer: SimpleNamespace) -> None:
    with pytest.raises(NotAllowed):
        start_shadow(actor=grocer.viewer, segment_key="anchors", rule="orders_90d > 1", name="Mine")
    with pytest.raises(Invalid):
        started(grocer, days=1000)
    with pytest.raises(NotAllowed):
        stop_shadow(actor=grocer.viewer, shadow_id=started(grocer).pk)


def test_promotion__signed_with_its_record__moves_nothing_but_the_pointer(
    grocer: SimpleNamespace, client_of: Any
) -> None:
    shadow = started(grocer)
    client_of(grocer.owner).post(reverse("reviews:shadow-promote", args=[shadow.pk]))
    request = ChangeRequest.objects.get(subject_key="anchors")
    assert request.statement["shadow"] == {"shadow": shadow.pk}
    request = submit_request(actor=grocer.owner, request_id=request.pk)
    impact = Impact.objects.get(request=request)
    assert impact.record["shadow"]["days"][0]["only_shadow"] == 2
    checks = {check["name"]: check["status"] for check in impact.checks}
    assert checks["Shadow"] == "warn", "a single day is little"
    stored = [table.objects.count() for table in (Snapshot, Delta)]
    days = list(shadow.days.values())
    vote(grocer.marketing_member, request)
    vote(grocer.sales_member, request)
    request.refresh_from_db()
    assert request.state == "applied"
    assert [table.objects.count() for table in (Snapshot, Delta)] == stored
    assert list(shadow.days.values()) == days
    shadow.refresh_from_db()
    assert shadow.ended_at is None


def test_pages__shadow_lane__start_look_and_stop(grocer: SimpleNamespace, client_of: Any) -> None:
    client = client_of(grocer.owner)
    page = reverse("memberships:segment-shadows", args=["anchors"])
    assert "Run it in the shadow" in client.get(page).content.decode()
    sent = {"name": "Spend alone", "rule": "spend_365d >= 3000", "days": "14"}
    assert (
        client.post(reverse("memberships:shadow-start", args=["anchors"]), {**sent, "rule": "nonsense >"}).status_code
        == 400
    )
    made = client.post(reverse("memberships:shadow-start", args=["anchors"]), sent)
    shadow = Shadow.objects.get()
    assert made.headers["Location"] == reverse("memberships:shadow", args=[shadow.pk])
    assert "Spend alone" in client.get(page).content.decode()
    assert "Spend alone" in client.get(reverse("memberships:shadows")).content.decode()
    client.post(reverse("memberships:shadow-stop", args=[shadow.pk]), {"reason": "Enough"})
    assert "Enough" in client.get(reverse("memberships:shadow", args=[shadow.pk])).content.decode()
