"""Journeys by consent, actuals, efforts, priorities, use, releases and quick wins, through their services."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from aims.errors import JourneyRetired, NotMeasurable, StaleBase
from aims.models import Actual, Effort, JourneyVersion, Receipt, Release, UsageDay, Weights
from aims.selectors import (
    by_channel,
    by_stage,
    known_moments,
    moments_of_segment,
    orphans_for,
    priorities_for,
    progress_of,
    readership_of,
    unused_for,
    usage_of,
    wins_for,
)
from aims.selectors.efforts import return_of
from aims.selectors.releases import unread_by
from aims.services.counting import count_use, keep_usage
from aims.services.efforts import record_effort, set_weights, withdraw_effort
from aims.services.enactment import enact_journey, retire_journey
from aims.services.measuring import enter_actual, measure_objective, measure_objectives
from aims.services.releasing import confirm_reading, publish_release, publish_win
from common.actors import SYSTEM
from common.clock import now
from common.errors import Conflict, Invalid, NotAllowed
from notifications.models import Notification
from reviews.models import ChangeRequest
from reviews.services.requests import create_request, submit_request
from reviews.services.voting import cast_vote
from taxonomy.models import Objective
from taxonomy.services.objective_enactment import enact_objective
from tests.aims.conftest import journey

Compute = Callable[[], int]


def ago(days: int) -> str:
    """The day so many days before today (UTC)."""
    return (now() - timedelta(days=days)).date().isoformat()


def approved(people: SimpleNamespace, actor: Any, **given: Any) -> ChangeRequest:
    """A request that the board has approved."""
    made = create_request(actor=actor, rationale="Because it helps.", **given)
    sent = submit_request(actor=actor, request_id=made.pk)
    for member in (people.marketing_member, people.sales_member):
        cast_vote(actor=member, request_id=sent.pk, verdict="approve", digest=sent.digest)
    sent.refresh_from_db()
    return sent


def bound(people: SimpleNamespace, **measure: Any) -> Objective:
    """The objective of the grocer's segments, measured from data."""
    content = {
        "name": "Keep the households the stores live on",
        "kind": "retention",
        "metric": "Mean spend",
        "unit": "USD",
        "baseline": 1000,
        "target": 5000,
        "target_on": "2027-06-30",
        "owner": "owner",
        "measure": measure,
    }
    return enact_objective(
        actor=people.owner, kind="change", key="loyalty", content=content, base_version=1, request_ref="2"
    )


def test_journey__created_changed_and_retired__each_by_an_approved_request(grocer: SimpleNamespace) -> None:
    subject = {"subject_type": "journey", "subject_key": "regular"}
    created = approved(grocer, grocer.owner, kind="create", proposed=journey(), **subject)
    changed = approved(grocer, grocer.owner, kind="change", proposed={"name": "To regular"}, **subject)
    assert (created.state, changed.state, changed.applied_version) == ("applied", "applied", 2)
    assert [each.name for each in moments_of_segment("occasional")] == ["The second visit"]

    approved(grocer, grocer.owner, kind="revert", proposed={"version": 1}, **subject)
    assert JourneyVersion.objects.get(state="active").name == "From first visit to regular"

    approved(grocer, grocer.owner, kind="retire", proposed={}, **subject)
    assert not moments_of_segment("occasional")
    with pytest.raises(JourneyRetired):
        retire_journey(actor=SYSTEM, key="regular", base_version=3, successor_key=None, request_ref="9")


def test_journey__from_an_old_version__is_refused(travelled: SimpleNamespace) -> None:
    with pytest.raises(StaleBase):
        enact_journey(
            actor=SYSTEM,
            kind="change",
            key="regular",
            content=journey(name="Other"),
            rationale="x",
            base_version=2,
            request_ref="2",
        )


def test_database__what_was_decided_or_written__stays(travelled: SimpleNamespace) -> None:
    set_weights(actor=travelled.owner, weights={"size": 1}, reason="Try.")
    publish_release(actor=travelled.owner, title="First", vision="Go.")
    confirm_reading(actor=travelled.rep, number=1)
    enter_actual(actor=travelled.owner, key="loyalty", value=92, on=ago(20), evidence="Receipts.")
    given = {"kind": "hours", "amount": 4, "starts_on": ago(50), "ends_on": ago(21), "what": "Calls"}
    record_effort(actor=travelled.owner, segment_key="anchors", **given)
    harms = (
        lambda: JourneyVersion.objects.update(name="Other"),
        lambda: Weights.objects.update(reason="Other"),
        lambda: Release.objects.update(vision="Other"),
        lambda: Receipt.objects.all().delete(),
        lambda: Actual.objects.update(value=99),
        lambda: Effort.objects.update(amount=1),
    )
    for harm in harms:
        with pytest.raises(DatabaseError), transaction.atomic():
            harm()


def test_matrices__what_applies__shows_moments_and_gaps(travelled: SimpleNamespace) -> None:
    by_stages = by_stage(viewer=travelled.owner, journey_key="regular")
    assert [label for _, label in by_stages.columns] == ["Discover", "First month"]
    cells = {row.key: row.cells for row in by_stages.rows}
    assert [item.title for item in cells["occasional"]["first-month"]] == ["The second visit"]
    assert cells["occasional"]["discover"] == []
    assert by_stages.filled == 1

    below = by_channel(viewer=travelled.owner, branch="anchors")
    assert [row.key for row in below.rows] == ["anchors", "anchor-families"]
    whole = by_channel(viewer=travelled.owner)
    assert [key for key, _ in whole.columns] == ["store", "phone"]
    assert {row.key for row in whole.rows if row.cells["phone"]} == {"occasional"}


def test_orphans__segments_without_a_moment__are_listed(travelled: SimpleNamespace) -> None:
    assert {each.key for each in orphans_for(viewer=travelled.owner)} == {"households", "anchors", "anchor-families"}
    found, unknown = known_moments(["regular/second-visit", "The Second Visit", "nothing"])
    assert ([each.key for each in found], unknown) == (["second-visit", "second-visit"], ["nothing"])


@pytest.mark.parametrize(
    ("named", "status"), [(["regular/second-visit"], "pass"), ([], "warn"), (["the third visit"], "warn")]
)
def test_proposal__about_a_segment__is_checked_for_its_moments(
    travelled: SimpleNamespace, named: list[str], status: str
) -> None:
    made = create_request(
        actor=travelled.owner,
        kind="change",
        subject_type="segment",
        subject_key="anchors",
        proposed={"meaning": "Those the stores live on."},
        rationale="Clearer.",
        statement={"moments": named},
    )
    sent = submit_request(actor=travelled.owner, request_id=made.pk)
    check = next(each for each in sent.impacts.get().checks if each["name"] == "Moments of truth")
    assert check["status"] == status


def test_measure__bound_to_data__is_recorded_once_per_run_with_what_it_rests_on(
    grocer: SimpleNamespace, computed: Compute
) -> None:
    run = computed()
    objective = bound(grocer, kind="size")
    assert measure_objectives() == 4
    assert measure_objectives() == 0
    row = Actual.objects.get(segment__key="anchors")
    assert (row.value, row.run_id, row.origin) == (3, run, "measured")
    assert f"run {run}" in row.basis
    line = progress_of(objective, "anchors")
    assert line.done == pytest.approx((3 - 1000) / 4000)


def test_measure__mean_of_few__is_not_told(grocer: SimpleNamespace, computed: Compute) -> None:
    computed()
    bound(grocer, kind="mean", attribute="spend_365d", segment="anchors")
    with pytest.raises(NotMeasurable, match="Fewer than 5"):
        measure_objective(actor=grocer.owner, key="loyalty")
    assert not Actual.objects.exists()


def test_measure__sum_and_share__are_those_of_the_members(grocer: SimpleNamespace, computed: Compute) -> None:
    computed()
    bound(grocer, kind="sum", attribute="spend_365d", segment="households")
    measure_objective(actor=grocer.owner, key="loyalty")
    assert Actual.objects.get().value == 5200 + 3100 + 2900 + 4000 + 700 + 650 + 90 + 0 + 3000 + 3600


def test_measure__who_may_not_or_by_hand__is_refused(grocer: SimpleNamespace, computed: Compute) -> None:
    with pytest.raises(NotMeasurable, match="not bound to data"):
        measure_objective(actor=grocer.owner, key="loyalty")
    bound(grocer, kind="size")
    with pytest.raises(NotAllowed):
        measure_objective(actor=grocer.rep, key="loyalty")
    with pytest.raises(NotMeasurable, match="have not been computed"):
        measure_objective(actor=grocer.owner, key="loyalty")
    with pytest.raises(Conflict, match="measured from data"):
        enter_actual(actor=grocer.owner, key="loyalty", value=1, on=ago(20), evidence="x")


def test_enter_actual__by_the_owner_with_evidence__counts_until_it_is_corrected(grocer: SimpleNamespace) -> None:
    wrong = enter_actual(actor=grocer.owner, key="loyalty", value=99, on=ago(50), evidence="Guess.")
    enter_actual(actor=grocer.owner, key="loyalty", value=92, on=ago(50), evidence="Receipts.", corrects=wrong.pk)
    loyalty = Objective.objects.get(key="loyalty")
    line = progress_of(loyalty, "anchors")
    assert [float(row.value) for row in line.actuals] == [92]
    assert line.done == pytest.approx(1 / 3)
    with pytest.raises(NotAllowed):
        enter_actual(actor=grocer.steward, key="loyalty", value=1, on=ago(50), evidence="x")
    with pytest.raises(Conflict):
        enter_actual(actor=grocer.owner, key="loyalty", value=1, on=ago(50), evidence="x", corrects=wrong.pk)
    for given in ({"value": "lots"}, {"on": ago(-2)}, {"evidence": ""}):
        with pytest.raises(Invalid):
            enter_actual(actor=grocer.owner, key="loyalty", **{"value": 1, "on": ago(50), "evidence": "x", **given})


def test_efforts__recorded_and_withdrawn__give_the_return_that_was_measured(grocer: SimpleNamespace) -> None:
    for value, on in ((91, ago(110)), (93, ago(20))):
        enter_actual(actor=grocer.owner, key="loyalty", value=value, on=on, evidence="Receipts.")
    given = {"kind": "hours", "starts_on": ago(80), "ends_on": ago(51), "what": "Calls"}
    record_effort(actor=grocer.owner, segment_key="anchors", amount=40, **given)
    wrong = record_effort(actor=grocer.owner, segment_key="anchors", amount=400, **given)
    withdraw_effort(actor=grocer.owner, effort_id=wrong.pk, reason="A zero too many.")

    found = return_of(Objective.objects.get(key="loyalty"), "anchors")
    assert found is not None
    assert (found.moved, found.per_hour, found.per_thousand) == (2, 0.05, None)
    with pytest.raises(NotAllowed):
        record_effort(actor=grocer.rep, segment_key="anchors", amount=1, **given)
    with pytest.raises(Invalid):
        record_effort(actor=grocer.owner, segment_key="anchors", amount=0, **given)


def test_priorities__by_weights__rank_all_with_their_basis(grocer: SimpleNamespace, computed: Compute) -> None:
    computed()
    enter_actual(actor=grocer.owner, key="loyalty", value=92, on=ago(50), evidence="Receipts.")
    set_weights(actor=grocer.owner, weights={"size": 100}, reason="Only size counts.")
    found = priorities_for(viewer=grocer.owner)
    assert (found.rows[0].key, found.rows[-1].key) == ("households", "anchor-families")
    assert found.weights.number == 1
    assert found.rows[0].sentence.startswith("For it: members (11, run")
    by_name = priorities_for(viewer=grocer.owner, order="name")
    assert [row.name for row in by_name.rows] == sorted(row.name for row in by_name.rows)
    for weights in ({"size": -1}, {"fame": 1}, {"size": 0}, {"size": "much"}):
        with pytest.raises(Invalid):
            set_weights(actor=grocer.owner, weights=weights, reason="x")
    with pytest.raises(NotAllowed):
        set_weights(actor=grocer.rep, weights={"size": 1}, reason="x")


@pytest.mark.django_db(transaction=True)
def test_usage__counted_then_written_down__is_the_same_and_unused_are_listed(grocer: SimpleNamespace) -> None:
    for _ in range(3):
        count_use(segment_key="anchors", kind="view")
    count_use(segment_key="no-such-segment", kind="view")
    assert usage_of("anchors").counts == {"view": 3}
    assert keep_usage() == 1
    count_use(segment_key="anchors", kind="view")
    assert keep_usage() == 1
    assert keep_usage() == 0
    assert UsageDay.objects.get().count == 4
    assert usage_of("anchors").total == 4
    assert "anchors" not in {row.key for row in unused_for(viewer=grocer.owner)}
    assert "occasional" in {row.key for row in unused_for(viewer=grocer.owner)}


def test_release__published__names_objectives_and_changes_and_asks_everybody(travelled: SimpleNamespace) -> None:
    first = publish_release(actor=travelled.owner, title="First", vision="Where we go.")
    assert {change["kind"] for change in first.changes} >= {"Segment", "Objective", "Journey"}
    assert not {change["name"] for change in first.changes} & {"anchors", "loyalty"}
    assert travelled.owner.get_username() not in {change["by"] for change in first.changes}
    assert [(each["key"], each["agreed"]) for each in first.objectives] == [("loyalty", False)]
    assert Notification.objects.filter(key="release:1", person=travelled.rep).exists()
    assert [each.number for each in unread_by(travelled.rep)] == [1]

    confirm_reading(actor=travelled.rep, number=1)
    confirm_reading(actor=travelled.rep, number=1)
    who = readership_of(first)
    assert [each.person for each in who.receipts] == [travelled.rep]
    assert travelled.owner in who.missing
    assert travelled.deactivated not in who.missing
    assert not unread_by(travelled.rep)

    second = publish_release(actor=travelled.owner, title="Second", vision="On.")
    assert (second.number, second.changes) == (2, [])
    with pytest.raises(NotAllowed):
        publish_release(actor=travelled.rep, title="x", vision="x")


def test_quick_win__flagged_and_in_effect__has_its_measured_result_published(
    grocer: SimpleNamespace, computed: Compute
) -> None:
    computed()
    request = approved(
        grocer,
        grocer.owner,
        kind="change",
        subject_type="segment",
        subject_key="anchors",
        proposed={"rule": "orders_90d >= 12"},
        statement={"quick_win": True},
    )
    assert [win.result for win in wins_for(viewer=grocer.owner)] == [None]
    computed()
    row = publish_win(actor=grocer.owner, request_ref=str(request.pk), words="More come.")
    assert [(each["name"], each["before"], each["after"]) for each in row.measures] == [("Members", 3, 5)]
    assert wins_for(viewer=grocer.rep)[0].result == row
    with pytest.raises(NotAllowed):
        publish_win(actor=grocer.rep, request_ref=str(request.pk), words="x")
