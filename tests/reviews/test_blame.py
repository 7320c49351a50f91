"""Where each clause comes from, and assumptions that expire."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from common.errors import Conflict, NotAllowed, NotFound
from memberships.services.execution import execute_run
from memberships.services.runs import request_run
from reviews.models import Assumption, ChangeRequest
from reviews.selectors import assuming
from reviews.selectors.assuming import is_outside
from reviews.selectors.blame import blame_of
from reviews.services.assuming import measure_assumptions, review_assumption, take_up_assumptions
from reviews.services.requests import create_request
from tests.reviews.conftest import proposed_change, submitted, vote


def enacted(cast: SimpleNamespace, **changes: Any) -> ChangeRequest:
    """A change of the segment, approved and in force."""
    request = submitted(cast.owner, proposed_change(cast.owner, **changes))
    vote(cast.marketing_member, request, reason="Seen.")
    vote(cast.sales_member, request)
    request.refresh_from_db()
    assert request.state == "applied"
    return request


def origins(cast: SimpleNamespace) -> dict[str, tuple[int, int, int]]:
    """Clause -> version that brought it, version of its present words, number of wordings."""
    page = blame_of(viewer=cast.viewer, key="big-baskets")
    return {
        blame.clause.words: (blame.origin.wording.number, blame.latest.wording.number, len(blame.steps))
        for blame in page.clauses
    }


def test_blame__through_versions_and_renames__each_clause_points_to_its_origin(
    cast: SimpleNamespace, live_segment: str
) -> None:
    first = ChangeRequest.objects.get()
    enacted(cast, rule="spend >= 1000 AND coupons > 3")
    enacted(cast, name="Large baskets")
    last = enacted(cast, rule="coupons > 3 AND spend >= 2000 AND region = 'north'")
    assert origins(cast) == {
        "coupons redeemed is more than 3": (2, 2, 1),
        "yearly spend is at least 2000 USD": (1, 4, 2),
        "region is north": (4, 4, 1),
    }
    spend = next(
        each for each in blame_of(viewer=cast.viewer, key="big-baskets").clauses if "spend" in each.clause.words
    )
    assert [step.request for step in spend.steps] == [first, last]
    assert spend.origin.words == "yearly spend is at least 1000 USD"
    assert [vote.voter for vote in spend.latest.approvals] == [cast.marketing_member, cast.sales_member]


def test_blame__clause_that_went_and_came_back__is_of_who_brought_it_back(
    cast: SimpleNamespace, live_segment: str
) -> None:
    enacted(cast, rule="spend >= 1000 AND coupons > 3")
    enacted(cast, rule="spend >= 1000")
    enacted(cast, rule="spend >= 1000 AND coupons > 3")
    assert origins(cast)["coupons redeemed is more than 3"] == (4, 4, 1)


def test_blame__region__names_dissent_and_hides_what_the_viewer_may_not_see(
    cast: SimpleNamespace, live_segment: str, client_of: Any
) -> None:
    page = client_of(cast.viewer).get(reverse("reviews:segment-blame", args=[live_segment])).content.decode()
    assert "Mark Marsh (marketing)" in page and "<html" not in page
    assert client_of(cast.stranger).get(reverse("reviews:segment-blame", args=[live_segment])).status_code == 404


ASSUMPTIONS = [
    {"text": "A basket stays dear", "attribute": "spend", "low": 900, "high": 1200, "clause": "all"},
    {"text": "Nobody opens next door"},
]


@pytest.fixture
def assumed(cast: SimpleNamespace, live_segment: str) -> ChangeRequest:
    """A change in force that rests on something."""
    request = create_request(
        actor=cast.owner,
        kind="change",
        subject_type="segment",
        subject_key=live_segment,
        proposed={"rule": "spend >= 1100"},
        rationale="Prices rose.",
        statement={"assumptions": ASSUMPTIONS},
    )
    submitted(cast.owner, request)
    vote(cast.marketing_member, request)
    vote(cast.sales_member, request)
    request.refresh_from_db()
    assert request.state == "applied"
    return request


def test_assumptions__of_a_change_in_force__are_taken_up_once_and_give_way_to_later_ones(
    cast: SimpleNamespace, assumed: ChangeRequest
) -> None:
    assert take_up_assumptions() == 2 and take_up_assumptions() == 0
    assert [row.text for row in Assumption.objects.all()] == [each["text"] for each in ASSUMPTIONS]
    later = create_request(
        actor=cast.owner,
        kind="change",
        subject_type="segment",
        subject_key="big-baskets",
        proposed={"rule": "spend >= 1300"},
        rationale="Again.",
        statement={"assumptions": [{"text": "Prices stay", "attribute": "spend", "low": 1}]},
    )
    submitted(cast.owner, later)
    vote(cast.marketing_member, later)
    vote(cast.sales_member, later)
    take_up_assumptions()
    assert [row.text for row in Assumption.objects.filter(ended_at__isnull=True)] == ["Prices stay"]


def test_assumption__without_data__says_why_and_opens_nothing(assumed: ChangeRequest) -> None:
    assert measure_assumptions() == 0
    row = Assumption.objects.get(place=0)
    assert row.value is None and row.not_measured and row.review == "none"


@pytest.fixture
def on_data(grocer: SimpleNamespace) -> ChangeRequest:
    """A change in force of the grocer's households, whose average spend of 2,324 is what it rests on."""
    execute_run(request_run(actor=grocer.steward, trigger="person").pk)
    request = create_request(
        actor=grocer.owner,
        kind="change",
        subject_type="segment",
        subject_key="households",
        proposed={"meaning": "Every household that shops with us."},
        rationale="Plainer.",
        statement={"assumptions": [{"text": "A basket stays dear", "attribute": "spend_365d", "low": 2000}]},
    )
    submitted(grocer.owner, request)
    vote(grocer.marketing_member, request)
    vote(grocer.sales_member, request)
    return ChangeRequest.objects.get(pk=request.pk)


def test_assumption__out_of_its_band__opens_a_review_by_itself_once_and_is_answered(
    grocer: SimpleNamespace, on_data: ChangeRequest, client_of: Any
) -> None:
    rows = Assumption.objects.filter(request=on_data)
    assert measure_assumptions() == 0
    assert rows.get().value == pytest.approx(2324.0) and rows.get().review == "none"
    rows.update(low=2500)  # as if spend had fallen: what is measured stays, the band moves away from it
    assert [measure_assumptions() for _ in range(2)] == [1, 0]
    row = rows.get()
    notice = client_of(grocer.viewer).get(reverse("reviews:segment-assumptions", args=["households"]))
    assert f"Look at request #{on_data.pk}" in notice.content.decode()
    address = reverse("reviews:request", args=[on_data.pk])
    page = client_of(grocer.owner).get(address).content.decode()
    assert "No longer holds" in page and "What did you find?" in page
    assert "What did you find?" not in client_of(grocer.viewer).get(address).content.decode()
    with pytest.raises(NotAllowed):
        review_assumption(actor=grocer.viewer, assumption_id=row.pk, note="Fine.")
    with pytest.raises(NotFound):
        review_assumption(actor=grocer.stranger, assumption_id=row.pk, note="Fine.")
    answer = reverse("reviews:assumption-review", args=[on_data.pk, row.pk])
    client_of(grocer.owner).post(answer, {"note": "One dear month."})
    assert (rows.get().review, rows.get().reviewed_by) == ("closed", grocer.owner)
    with pytest.raises(Conflict):
        review_assumption(actor=grocer.owner, assumption_id=row.pk, note="Again.")
    # Back in its band, then out of it again: somebody looks again.
    rows.update(low=2000)
    assert measure_assumptions() == 0 and rows.get().review == "none"
    rows.update(low=2500)
    assert measure_assumptions() == 1


def test_measured__what_cannot_be_known__is_said_and_never_guessed(on_data: ChangeRequest) -> None:
    assert assuming.measured(Assumption(attribute="orders_90d")).value == pytest.approx(8.9)
    few = assuming.measured(Assumption(attribute="orders_90d", segment_key="anchors"))
    assert few.value is None and "Fewer than 10" in few.reason
    for row, words in (
        (Assumption(attribute="shoe_size"), "no attribute shoe_size"),
        (Assumption(attribute="main_department"), "neither a number nor a yes or no"),
        (Assumption(attribute="spend_365d", segment_key="nowhere"), "not been computed"),
        (Assumption(metric="repeat"), "No value of the metric"),
    ):
        found = assuming.measured(row)
        assert found.value is None and words in found.reason


@pytest.mark.parametrize(
    ("low", "high", "value", "expected"),
    [
        (1, 2, 1, False),
        (1, 2, 2, False),
        (1, 2, 0.99, True),
        (1, 2, 2.01, True),
        (None, 2, -9, False),
        (1, None, 9, False),
    ],
)
def test_band__its_ends__belong_to_it(low: Any, high: Any, value: float, expected: bool) -> None:
    assert is_outside(Assumption(low=low, high=high), value) is expected
