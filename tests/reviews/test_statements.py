"""What an author may state: known parts, in one form, with a pointer for each thing that is wrong."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from common.digests import canonical_json
from common.errors import Invalid
from reviews.models import ChangeRequest
from reviews.statements import checked_statement, merged_statement
from tests.reviews.test_pages import SEGMENT_FORM

RANGE = {"low": 1, "expected": 2.0, "high": 3.5}
WHOLE: dict[str, Any] = {
    "affected": " Every shop.\r\nAnd the web. ",
    "rollback": "Version 1.",
    "notice": "A mail a week before.",
    "quick_win": True,
    "moments": ["checkout", "checkout", "return"],
    "prediction": {
        "size": RANGE,
        "value": {**RANGE, "attribute": "spend"},
        "outcome": {**RANGE, "metric": "Repeat purchases"},
        "due_on": "2999-12-31",
    },
    "ethics": {"fair": {"answer": "yes", "reason": "Checked."}, "unanswered": {"answer": "", "reason": ""}},
    "assumptions": [
        {"text": "Prices stay."},
        {"text": "A year", "attribute": "months", "low": 11, "high": 13, "clause": "0"},
    ],
    "shadow": {"days": 30},
}


def test_statement__whole__is_kept_in_one_form() -> None:
    found = checked_statement(WHOLE)
    assert found["affected"] == "Every shop.\nAnd the web." and found["moments"] == ["checkout", "return"]
    assert found["prediction"]["size"] == {"low": 1, "expected": 2, "high": 3.5}
    assert found["ethics"] == {"fair": {"answer": "yes", "reason": "Checked."}}
    assert checked_statement(found) == found and canonical_json(checked_statement(found)) == canonical_json(found)


@pytest.mark.parametrize("given", [None, {}, {"affected": "  ", "moments": [], "quick_win": False, "ethics": None}])
def test_statement__with_nothing_in_it__is_empty(given: Any) -> None:
    assert checked_statement(given) == {}


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ([], "/statement"),
        ({"shoes": 1}, "/statement/shoes"),
        ({"affected": 7}, "/statement/affected"),
        ({"affected": "x" * 2001}, "/statement/affected"),
        ({"quick_win": "yes"}, "/statement/quick_win"),
        ({"moments": "checkout"}, "/statement/moments"),
        ({"moments": ["x"] * 21}, "/statement/moments"),
        ({"moments": [""]}, "/statement/moments/0"),
        ({"prediction": {"size": {"low": 1}, "due_on": "2999-01-01"}}, "/statement/prediction/size/expected"),
        ({"prediction": {"size": {**RANGE, "low": 3}, "due_on": "2999-01-01"}}, "/statement/prediction/size/expected"),
        ({"prediction": {"size": {**RANGE, "low": True}, "due_on": "2999-01-01"}}, "/statement/prediction/size/low"),
        (
            {"prediction": {"size": {**RANGE, "high": float("inf")}, "due_on": "2999-01-01"}},
            "/statement/prediction/size/high",
        ),
        ({"prediction": {"size": RANGE}}, "/statement/prediction/due_on"),
        ({"prediction": {"size": RANGE, "due_on": "soon"}}, "/statement/prediction/due_on"),
        ({"prediction": {"due_on": "2999-01-01"}}, "/statement/prediction/size"),
        ({"prediction": {"value": RANGE, "due_on": "2999-01-01"}}, "/statement/prediction/value/attribute"),
        ({"prediction": {"size": {**RANGE, "unit": "x"}}}, "/statement/prediction/size/unit"),
        ({"ethics": {"fair": "yes"}}, "/statement/ethics/fair"),
        ({"ethics": {"fair": {"reason": "So."}}}, "/statement/ethics/fair/answer"),
        ({"assumptions": [{"text": ""}]}, "/statement/assumptions/0/text"),
        ({"assumptions": [{"text": "A", "attribute": "spend"}]}, "/statement/assumptions/0/low"),
        ({"assumptions": [{"text": "A", "low": 1}]}, "/statement/assumptions/0/attribute"),
        (
            {"assumptions": [{"text": "A", "attribute": "a", "metric": "b", "low": 1}]},
            "/statement/assumptions/0/metric",
        ),
        ({"assumptions": [{"text": "A", "attribute": "a", "low": 2, "high": 1}]}, "/statement/assumptions/0/low"),
        ({"shadow": "yes"}, "/statement/shadow"),
        ({"shadow": {"x": float("nan")}}, "/statement/shadow"),
    ],
)
def test_statement__wrong__is_refused_at_its_place(given: Any, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_statement(given)
    assert refused.value.errors[0]["pointer"] == pointer


def test_merged__null_takes_away_and_the_rest_stays() -> None:
    stood = checked_statement(WHOLE)
    found = merged_statement(stood, {"affected": None, "rollback": "Another way."})
    assert "affected" not in found and found["rollback"] == "Another way." and found["ethics"] == stood["ethics"]


def test_merged__prediction_for_a_day_that_has_come__is_refused_when_new_and_kept_when_it_stood() -> None:
    past = {"prediction": {"size": RANGE, "due_on": "2001-01-01"}}
    with pytest.raises(Invalid, match="day to come"):
        merged_statement({}, past)
    stood = checked_statement(past)
    assert merged_statement(stood, past) == stood


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=True) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*WHOLE, "low", "text"]), inner),
    max_leaves=8,
)


@given(JSON)
def test_statement__whatever_is_sent__is_kept_or_refused_in_words(given: Any) -> None:
    try:
        found = checked_statement(given)
    except Invalid as refused:
        assert refused.errors[0]["pointer"].startswith("/statement")
    else:
        assert checked_statement(found) == found


def test_form__round_trip__keeps_what_was_stated_and_takes_empty_parts_away(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: Any
) -> None:
    client = client_of(cast.owner)
    url = reverse("reviews:request-edit", args=[in_review.pk])
    given = {
        **SEGMENT_FORM,
        "said-affected": "Every shop.",
        "said-quick_win": "on",
        "said-size_low": "10",
        "said-size_expected": "20",
        "said-size_high": "30.5",
        "said-due_on": "2999-01-01",
        "said-rests_0_text": "Prices stay",
        "said-rests_0_by": "attribute:spend",
        "said-rests_0_low": "900",
    }
    done = client.post(url, {**given, "version": in_review.version})
    in_review.refresh_from_db()
    assert done.status_code == 302
    assert in_review.statement == {
        "affected": "Every shop.",
        "quick_win": True,
        "prediction": {"size": {"low": 10, "expected": 20, "high": 30.5}, "due_on": "2999-01-01"},
        "assumptions": [{"text": "Prices stay", "attribute": "spend", "low": 900}],
    }
    form = client.get(url).context["said"]
    assert (form["size_high"].value(), form["rests_0_by"].value()) == (30.5, "attribute:spend")
    wrong = client.post(url, {**given, "said-size_low": "25", "version": in_review.version})
    assert wrong.status_code == 422 and wrong.context["said"].errors["size_expected"]
    bare = client.post(url, {**given, "said-rests_0_low": "", "version": in_review.version})
    assert bare.status_code == 422 and bare.context["said"].errors["rests_0_low"]
    client.post(url, {**SEGMENT_FORM, "version": in_review.version})
    in_review.refresh_from_db()
    assert in_review.statement == {}
