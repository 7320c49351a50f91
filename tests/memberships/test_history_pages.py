"""The past as pages and over the API: what made a segment move, who came and went, a customer's moves."""

from datetime import timedelta
from typing import Any

import pytest

from common.clock import now
from customers.models import Customer
from customers.services.profiles import merge_customers_bulk
from memberships import selectors
from memberships.choices import Cause
from memberships.errors import BadPeriod, MomentInFuture, NotComputed
from memberships.services import compaction
from memberships.services.batches import forget_batches
from memberships.services.micro import publish_changes
from reviews.selectors.checklist import checklist_in_force
from tests.memberships.conftest import run_now
from tests.memberships.histories import Writer, forget

pytestmark = pytest.mark.django_db


@pytest.fixture
def lived(computed: Any) -> Any:
    """Anchors over 80 days: first computed, then moved by data, late data, a merge and time."""
    writer = computed.writer = Writer("anchors", begin=now() - timedelta(days=80))
    one, two, three, four, five, six, *_ = writer.ordinals
    writer.change((Cause.FIRST, {one, two, three}, set()), later=timedelta(0), snapshot=True)
    writer.previous = writer.version
    writer.change(
        (Cause.DATA, {four}, {one}), (Cause.LATE, {five}, set()), (Cause.MERGE, set(), {two}), later=timedelta(days=20)
    )
    writer.change((Cause.TIME, set(), {five}), later=timedelta(days=20))
    writer.change((Cause.CORRECTION, {one, six}, set()), later=timedelta(days=20))
    writer.stand()
    forget()
    return computed


def ids(*places: int) -> list[str]:
    found = list(Customer.objects.order_by("ordinal").values_list("external_id", flat=True))
    return [found[place] for place in places]


def days_ago(days: float) -> Any:
    return now() - timedelta(days=days)


def test_movement__any_period__parts_sum_to_the_difference(lived: Any) -> None:
    writer = lived.writer
    for since, until in ((100, 0), (70, 0), (70, 50), (59, 30), (81, 79), (30, 10)):
        found = selectors.movement("anchors", days_ago(since), days_ago(until))
        assert found.before.size + sum(row.net for row in found.rows) == found.after.size, (since, until)
    whole = selectors.movement("anchors", days_ago(70), days_ago(0))
    assert [(row.cause, row.entered, row.left) for row in whole.rows] == [
        (Cause.DATA, 1, 1),
        (Cause.TIME, 0, 1),
        (Cause.LATE, 1, 0),
        (Cause.MERGE, 0, 1),
        (Cause.CORRECTION, 2, 0),
    ]
    assert (whole.before.size, whole.after.size, whole.net) == (3, len(writer.members), 1)
    assert selectors.movement("anchors", days_ago(100), days_ago(79)).before.run_id is None


def test_movement__period_that_cannot_be__is_refused(lived: Any) -> None:
    with pytest.raises(BadPeriod):
        selectors.movement("anchors", days_ago(1), days_ago(2))
    with pytest.raises(MomentInFuture):
        selectors.movement("anchors", days_ago(1), days_ago(-1))
    with pytest.raises(NotComputed):
        selectors.movement("anchors", days_ago(100), days_ago(90))


def test_compared__who_left_and_came_back__stayed(lived: Any) -> None:
    found = selectors.compared(viewer=lived.rep, key="anchors", since=days_ago(70), until=now(), limit=1)
    assert (found.came_count, found.went_count, found.stayed_count) == (2, 1, 2)
    assert (found.came, found.went) == (ids(3), ids(1))
    assert found.next_went is None and found.next_came is not None
    onward = selectors.compared(
        viewer=lived.rep, key="anchors", since=days_ago(70), until=now(), after=(found.next_came, -1)
    )
    assert onward.came == ids(5)


def page(client: Any, address: str, status: int = 200, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == status, answer.content[:500]
    text: str = answer.content.decode()
    return text


def test_history__rep__sees_causes_and_who_came_and_went(lived: Any, client_of: Any) -> None:
    since = days_ago(70)
    text = page(client_of(lived.rep), f"/segments/anchors/history/?since={since:%Y-%m-%dT%H:%M}")
    assert "Late data" in text and "Customers merged" in text and "Members over time" in text
    came, went = text.split('id="came"')[1].split('id="went"')
    assert ids(3)[0] in came and ids(1)[0] in went and ids(0)[0] not in came
    assert f"/segments/anchors/members/?at={since:%Y-%m-%dT%H:%M}" in text
    assert f"run {selectors.movement('anchors', since, now()).after.run_id}" in text


def test_history__viewer_without_rights__sees_counts_and_nobody(lived: Any, client_of: Any) -> None:
    text = page(client_of(lived.viewer), f"/segments/anchors/history/?since={days_ago(70):%Y-%m-%dT%H:%M}")
    assert "Late data" in text and "Who they are is not open to you" in text
    assert not any(f">{each}<" in text for each in ids(0, 1, 2, 3, 4, 5))


def test_history__odd_questions__are_answered_in_words(lived: Any, client_of: Any) -> None:
    client = client_of(lived.rep)
    assert "has not come yet" in page(client, "/segments/anchors/history/?until=2999-01-01", 422)
    backwards = page(client, "/segments/anchors/history/?since=2026-02-01&until=2026-01-01", 422)
    assert "ends before it begins" in backwards
    early = page(client, "/segments/anchors/history/?since=2001-01-01&until=2001-02-01")
    assert "had not been computed" in early
    page(client, "/segments/nothing/history/", 404)


def test_timeline__moves_of_a_customer__newest_first_with_cause_and_versions(lived: Any, client_of: Any) -> None:
    customer = ids(0)[0]
    found = selectors.timeline_of(
        viewer=lived.rep, external_id=customer, wanted=selectors.TimelineFilter(segment_key="anchors")
    )
    assert [(row.entered, row.cause) for row in found.rows] == [
        (True, Cause.CORRECTION),
        (False, Cause.DATA),
        (True, Cause.FIRST),
    ]
    assert found.rows[0].why.startswith("the data was corrected")
    assert found.next is None
    text = page(client_of(lived.rep), f"/customers/{customer}/timeline/?segment=anchors&cause=data")
    assert "Left" in text and "Data changed" in text and "Entered" not in text.split("<ol")[1].split("</ol>")[0]
    region = page(client_of(lived.rep), f"/customers/{customer}/timeline/", **{"HX-Request": "true"})
    assert "<html" not in region and "Entered" in region
    assert "No moves" in page(client_of(lived.rep), f"/customers/{customer}/timeline/?cause=retired")


def test_timeline__all_segments_in_pages__tell_each_move_once(lived: Any, settings: Any) -> None:
    customer, before, seen = ids(0)[0], None, []
    while True:
        found = selectors.timeline_of(
            viewer=lived.rep, external_id=customer, wanted=selectors.TimelineFilter(), before=before, limit=2
        )
        seen += found.rows
        if before is None:
            settings.SEGPORTAL_DELTAS_LOOSE_DAYS = 0
            compaction.compact_history()
            merge_customers_bulk(actor=lived.steward, rows=[{"external_id": customer, "attributes": {"orders_90d": 0}}])
            run_now("occasional")
        if found.next is None:
            break
        before = found.next
    numbers = [row.number for row in seen]
    assert numbers == sorted(set(numbers), reverse=True)
    assert {row.segment_key for row in seen} >= {"anchors", "households"}
    assert sum(row.segment_key == "anchors" for row in seen) == 3


def test_timeline__person_without_rights__is_refused(lived: Any, client_of: Any) -> None:
    page(client_of(lived.viewer), f"/customers/{ids(0)[0]}/timeline/", 403)


def test_timeline_api__pages_and_filters__answer_as_the_contract_has_it(lived: Any, api_of: Any) -> None:
    client, customer = api_of(lived.steward), ids(0)[0]
    first = client.get(f"/api/v1/customers/{customer}/timeline/?segment=anchors&limit=2").json()
    assert first["customer"] == customer
    assert [row["move"] for row in first["results"]] == ["entered", "left"]
    assert first["results"][0].keys() == {
        "at",
        "move",
        "segment",
        "name",
        "cause",
        "why",
        "version",
        "previous_version",
        "run",
    }
    rest = client.get(first["next"]).json()
    assert ([row["cause"] for row in rest["results"]], rest["next"]) == (["first"], None)
    since = days_ago(30).isoformat()
    young = client.get(f"/api/v1/customers/{customer}/timeline/", {"segment": "anchors", "since": since}).json()
    assert [row["cause"] for row in young["results"]] == ["correction"]
    assert client.get(f"/api/v1/customers/{customer}/timeline/?cause=boredom").status_code == 400
    assert client.get("/api/v1/customers/nobody/timeline/").status_code == 404


def test_movement_api__a_period__sums_up(lived: Any, api_of: Any) -> None:
    answer = api_of(lived.viewer).get("/api/v1/segments/anchors/movement/", {"since": days_ago(70).isoformat()})
    found = answer.json()
    assert answer.status_code == 200
    assert found["before"]["size"] + sum(row["net"] for row in found["causes"]) == found["after"]["size"]
    assert {row["cause"] for row in found["causes"]} == {"data", "late", "merge", "time", "correction"}


def test_stability__region__says_in_words_how_steady(lived: Any, client_of: Any) -> None:
    client = client_of(lived.viewer)
    text = page(client, "/memberships/stability/anchors/")
    assert "Churn" in text and "Flapping" in text and "Population stability index" in text
    assert "too short" in page(client, "/memberships/stability/households/")


def test_timeline__moves_by_micro_batches__tell_the_values_around_each(computed: Any) -> None:
    for orders in (5, 15, 4):
        merge_customers_bulk(
            actor=computed.steward, rows=[{"external_id": "hh-09", "attributes": {"orders_90d": orders}}]
        )
        assert publish_changes() is not None
    asked = {"viewer": computed.rep, "external_id": "hh-09", "wanted": selectors.TimelineFilter("anchors")}
    found = selectors.timeline_of(**asked).rows
    assert [row.why for row in found[:3]] == [
        "orders, 90 days fell from 15 to 4",
        "orders, 90 days rose from 5 to 15",
        "orders, 90 days fell from 13 to 5",
    ]
    merge_customers_bulk(actor=computed.steward, rows=[{"external_id": "hh-02", "attributes": {"orders_90d": 0}}])
    publish_changes()
    child = selectors.timeline_of(
        viewer=computed.rep, external_id="hh-02", wanted=selectors.TimelineFilter("anchor-families")
    )
    assert child.rows[0].why.startswith("orders, 90 days fell from"), "the rule above reads it"
    forget_batches()
    gone = "the customer's data changed; the values of that time are no longer kept"
    assert [row.why for row in selectors.timeline_of(**asked).rows[:3]] == [gone] * 3


def test_checklist__segment_with_a_history__reads_its_stability(lived: Any) -> None:
    lines = {line.title: line for line in checklist_in_force("anchors")}
    assert lines["Stability"].status == "warn"
    assert lines["Stability"].reason.startswith("Churn 66.7%: 2 entered, 0 left; Flapping 0.0%: 0 of 4")
    assert "Read it anew" in lines["Stability"].remedy
