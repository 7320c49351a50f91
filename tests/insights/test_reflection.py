"""What proposers predicted is measured and judged; how boards decide is told in figures; outcomes lead back."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from common.clock import now
from common.errors import NotAllowed
from insights import measures
from insights.choices import ForecastState
from insights.errors import ForecastSettled
from insights.measures import Forecasted
from insights.models import Forecast
from insights.selectors.forecasts import calibration_by, judged
from insights.selectors.velocity import velocities, velocity_of
from insights.services.forecasts import keep_forecasts, measure_due, record_actual, void_forecast
from ledger.models import Entry
from memberships.services.execution import execute_run
from memberships.services.runs import request_run
from reviews.models import ChangeRequest
from reviews.selectors.decided import Course, courses
from reviews.selectors.outcomes import results_of
from reviews.services.requests import create_request, submit_request
from reviews.services.voting import cast_vote

pytestmark = pytest.mark.django_db
NUMBER = st.floats(min_value=-1e6, max_value=1e6)


@given(NUMBER, NUMBER, NUMBER)
def test_verdict_of__any_interval__is_inside_exactly_between_its_ends(a: float, b: float, actual: float) -> None:
    low, high = sorted((a, b))
    assert (measures.verdict_of(low, high, actual) == "inside") == (low <= actual <= high)


@given(st.integers(0, 50), st.integers(0, 50))
def test_wilson__any_counts__holds_the_rate(hits: int, misses: int) -> None:
    lowest, highest = measures.wilson(hits, hits + misses)
    assert 0 <= lowest <= highest <= 1
    if hits + misses:
        assert lowest - 1e-9 <= hits / (hits + misses) <= highest + 1e-9


def test_interval_score__wider_or_missed__costs_more() -> None:
    narrow = measures.interval_score(90, 110, 100)
    assert narrow < measures.interval_score(50, 150, 100)
    assert narrow < measures.interval_score(90, 110, 130)


def test_calibration__always_outside__is_called_overconfident() -> None:
    missed = [Forecasted(90, 100, 110, 200.0)] * 8
    found = measures.calibration(missed)
    assert found is not None
    assert found.hit_rate == 0
    assert found.words.startswith("overconfident")
    assert found.bias == pytest.approx(-0.5)
    few = measures.calibration(missed[:3])
    assert few is not None
    assert few.words == "too few to judge"


def _course(**given: Any) -> Course:
    base = datetime(2026, 1, 1, tzinfo=UTC)
    hour = timedelta(hours=1)
    values: dict[str, Any] = {
        "request_id": 1, "title": "t", "kind": "change", "subject_type": "segment", "subject_key": "k",
        "board_key": "b", "board_name": "B", "author": "a", "state": "applied", "created_at": base,
        "first_submitted_at": base + 2 * hour, "decided_at": base + 10 * hour, "applied_at": base + 11 * hour,
        "rewritten": 0, "was_returned": False, "was_rolled_back": False, "is_emergency": False, "correlation_id": "",
    }  # fmt: skip
    return Course(**(values | given))


def test_velocity__two_requests__names_the_stage_in_which_the_time_goes() -> None:
    found = velocity_of([_course(), _course(was_returned=True, was_rolled_back=True)], "b", "B")
    assert found.cycle_seconds == pytest.approx(11 * 3600)
    assert found.bottleneck is not None
    assert found.bottleneck.name == "In review"
    assert sum(stage.share for stage in found.stages) == pytest.approx(1)
    assert (found.rework_rate, found.defect_rate) == (0.5, 0.5)


def test_velocity__open_requests__are_listed_by_how_long_they_wait() -> None:
    base = datetime(2026, 1, 1, tzinfo=UTC)
    later = {"state": "approved", "decided_at": base + timedelta(days=3), "applied_at": None}
    review = {"state": "in_review", "first_submitted_at": base + timedelta(days=1), "decided_at": None}
    found = velocity_of([_course(), _course(request_id=2, **later), _course(request_id=3, **review)], "b", "B")
    assert [(row.course.request_id, row.stage) for row in found.waiting] == [
        (3, "In review"),
        (2, "Waiting for its date"),
    ]


@pytest.fixture
def applied(grocer: SimpleNamespace) -> SimpleNamespace:
    """A change of `anchors` with three predictions, approved by the board and in effect."""
    people = grocer
    execute_run(request_run(actor=people.steward, trigger="person").pk)
    request = create_request(
        actor=people.owner,
        kind="change",
        subject_type="segment",
        subject_key="anchors",
        proposed={"meaning": "Households that come often and buy much."},
        rationale="Say it more plainly.",
        statement={
            "prediction": {
                "size": {"low": 2, "expected": 3, "high": 5},
                "value": {"low": 1, "expected": 2, "high": 3, "attribute": "spend_365d"},
                "outcome": {"low": 1, "expected": 2, "high": 3, "metric": "calls per week"},
                "due_on": (now() + timedelta(days=30)).date().isoformat(),
            }
        },
    )
    submit_request(actor=people.owner, request_id=request.pk)
    for person in (people.marketing_member, people.sales_member):
        digest = ChangeRequest.objects.get(pk=request.pk).digest
        cast_vote(actor=person, request_id=request.pk, verdict="approve", reason="", digest=digest)
    people.request = ChangeRequest.objects.get(pk=request.pk)
    assert people.request.state == "applied"
    keep_forecasts(request_id=request.pk)
    return people


def test_keep_forecasts__told_twice__keeps_each_number_once(applied: SimpleNamespace) -> None:
    assert keep_forecasts(request_id=applied.request.pk) == 0
    assert list(Forecast.objects.values_list("measure", flat=True).order_by("measure")) == ["outcome", "size", "value"]
    assert measure_due() == 0


def test_measure_due__the_day_has_come__measures_what_can_be_measured_and_owes_the_rest(
    applied: SimpleNamespace,
) -> None:
    with time_machine.travel(now() + timedelta(days=31), tick=False):
        assert measure_due() == 2
        assert measure_due() == 0
    found = {each.forecast.measure: each for each in judged(Forecast.objects.all())}
    assert (found["size"].forecast.actual, found["size"].verdict) == (3.0, "inside")
    assert found["value"].forecast.actual == pytest.approx((5200 + 3100 + 3000) / 3)
    assert found["value"].verdict == "above"
    assert found["outcome"].forecast.state == ForecastState.OWED
    assert Entry.objects.filter(event="insights.forecast.owed").count() == 1
    (board,) = calibration_by("board_key", viewer=applied.owner)
    assert (board.calibration.count if board.calibration else 0, board.owed) == (2, 1)


def test_record_actual__by_the_proposer__is_refused_also_by_the_database(applied: SimpleNamespace) -> None:
    outcome = Forecast.objects.get(measure="outcome")
    with pytest.raises(NotAllowed):
        record_actual(actor=applied.owner, forecast_id=outcome.pk, actual=2, evidence="my own count")
    with pytest.raises(IntegrityError), transaction.atomic():
        Forecast.objects.filter(pk=outcome.pk).update(
            state="measured", actual=2, measured_at=now(), measured_by=applied.owner
        )
    record_actual(actor=applied.steward, forecast_id=outcome.pk, actual=2, evidence="the call log of week 12")
    with pytest.raises(ForecastSettled):
        void_forecast(actor=applied.steward, forecast_id=outcome.pk, reason="too late")


def test_blame__after_the_day__tells_what_came_of_the_decision(applied: SimpleNamespace) -> None:
    with time_machine.travel(now() + timedelta(days=31), tick=False):
        measure_due()
    came = results_of(applied.viewer, [applied.request.pk])[applied.request.pk]
    assert {(each.verdict, each.tone) for each in came} == {
        ("As predicted", "good"), ("More than predicted", "bad"), ("A verdict is owed", "bad")}  # fmt: skip
    size = next(each for each in came if each.verdict == "As predicted")
    assert "3, between 2 and 5; it was 3." in size.text
    assert size.url == f"/insights/decisions/{applied.request.pk}/"


def test_courses__of_a_decided_request__tell_its_moments(applied: SimpleNamespace) -> None:
    (course,) = [row for row in courses(viewer=applied.owner) if row.request_id == applied.request.pk]
    assert course.created_at <= (course.first_submitted_at or now()) <= (course.decided_at or now())
    assert not course.was_returned
    assert velocities(viewer=applied.owner)[0].applied == 1


@pytest.mark.parametrize(
    "path",
    [
        "/insights/decisions/",
        "/insights/decisions/{request}/",
        "/insights/velocity/?days=²&board=x",
        "/insights/owners/",
    ],
)
def test_pages__after_a_decision__show_it(applied: SimpleNamespace, client: Client, path: str) -> None:
    client.force_login(applied.steward)
    answer = client.get(path.format(request=applied.request.pk))
    assert answer.status_code == 200
    assert b"Olive" in answer.content or b"Small board" in answer.content or b"board" in answer.content


def test_trace__of_a_member__leads_to_version_request_and_deciders(applied: SimpleNamespace, client: Client) -> None:
    client.force_login(applied.steward)
    body = client.get("/insights/trace/", {"customer": "hh-01"}).content.decode()
    assert "Anchor households" in body
    client.force_login(applied.viewer)
    assert client.get("/insights/trace/", {"customer": "hh-01"}).status_code in (403, 404)


def test_api__after_a_decision__gives_predictions_calibration_and_velocity(
    applied: SimpleNamespace, client: Client
) -> None:
    client.force_login(applied.viewer)
    rows = client.get("/api/v1/insights/predictions/", {"segment": "anchors"}).json()["results"]
    assert {row["measure"] for row in rows} == {"size", "value", "outcome"}
    assert client.get("/api/v1/insights/calibration/").json()["results"][0]["waiting"] == 3
    assert client.get("/api/v1/insights/velocity/").json()["results"][0]["applied"] == 1
