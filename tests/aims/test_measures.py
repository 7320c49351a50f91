"""Scores, progress, pace and returns, by table and by property."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aims.content import checked_journey
from aims.errors import JourneyInvalid
from aims.measures import INPUTS, USUAL_WEIGHTS, course, gap, pace, progress, returned, scores
from aims.selectors.conduct import channels_in

VALUE = st.one_of(st.none(), st.floats(-1e6, 1e6, allow_nan=False))
ROWS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3), st.fixed_dictionaries(dict.fromkeys(INPUTS, VALUE)), min_size=1
)
WEIGHTS = st.fixed_dictionaries({name: st.floats(0, 100) for name in INPUTS})


@given(ROWS, WEIGHTS)
def test_scores__any_inputs_and_weights__lie_between_0_and_100(
    rows: dict[str, dict[str, float | None]], weights: dict[str, float]
) -> None:
    for score in scores(rows, weights).values():
        assert score.value is None or -1e-6 <= score.value <= 100 + 1e-6
        assert 0 <= score.known_weight <= 1 + 1e-9


@given(ROWS, st.sampled_from(INPUTS), st.floats(0, 1e6))
def test_scores__one_input_rises__never_ranks_lower_and_effort_never_higher(
    rows: dict[str, dict[str, float | None]], name: str, more: float
) -> None:
    key = sorted(rows)[0]
    before = scores(rows, USUAL_WEIGHTS)[key].value
    raw = rows[key][name]
    if raw is None or before is None:
        return
    after = scores({**rows, key: {**rows[key], name: raw + more}}, USUAL_WEIGHTS)[key].value
    assert after is not None
    assert after <= before + 1e-6 if name == "effort" else after >= before - 1e-6


def test_scores__two_segments__the_better_in_all_has_100_and_the_other_0() -> None:
    best = {"size": 9.0, "value": 9.0, "growth": 0.2, "gap": 0.9, "effort": 0.0}
    worst = {"size": 1.0, "value": 1.0, "growth": 0.0, "gap": 0.1, "effort": 80.0}
    found = scores({"best": best, "worst": worst}, USUAL_WEIGHTS)
    assert (found["best"].value, found["worst"].value) == (100, 0)


def test_scores__an_input_is_not_known__the_others_share_its_weight() -> None:
    rows = {"one": {"size": 5.0}, "two": {"size": 1.0, "value": 7.0}}
    found = scores(rows, {"size": 50, "value": 50})
    assert found["one"].value == 100
    assert found["two"].value == 25
    assert scores({"none": {}}, USUAL_WEIGHTS)["none"].value is None


@pytest.mark.parametrize(
    ("baseline", "target", "actual", "done", "left"),
    [
        (10, 20, 15, 0.5, 0.5),
        (10, 20, 25, 1.5, 0),
        (10, 20, 5, -0.5, 1),
        (20, 10, 15, 0.5, 0.5),
        (None, 20, 15, None, None),
        (10, 10, 10, None, None),
        (10, 20, None, None, None),
    ],
)
def test_progress__along_and_against__says_how_much_of_the_way_is_done(
    baseline: float | None, target: float, actual: float | None, done: float | None, left: float | None
) -> None:
    assert progress(baseline, target, actual) == done
    assert gap(done) == left


@pytest.mark.parametrize(
    ("done", "today", "said"),
    [
        (None, date(2027, 2, 1), "unknown"),
        (1.0, date(2028, 1, 1), "reached"),
        (0.5, date(2027, 7, 1), "on_course"),
        (0.2, date(2027, 7, 1), "behind"),
        (0.9, date(2028, 1, 1), "missed"),
    ],
)
def test_pace__against_the_time_that_has_gone_by__is_told_in_a_word(done: float | None, today: date, said: str) -> None:
    assert pace(done, date(2027, 1, 1), date(2027, 12, 31), today) == said


def test_returned__by_effort_and_direction__is_a_gain_both_ways() -> None:
    assert returned(10, 16, 3) == 2
    assert returned(16, 10, 3, falls=True) == 2
    assert returned(10, 16, 0) is None


def test_course__points_baseline_and_target__all_lie_in_the_frame() -> None:
    points = [(date(2027, 2, 1), 12.0), (date(2027, 3, 1), 30.0)]
    drawn = course(points, baseline=10, target=20, begins=date(2027, 1, 1), ends=date(2027, 12, 31))
    heights = [*(mark.y for mark in drawn.marks), drawn.baseline_y, drawn.target_y]
    assert all(height is not None and 0 <= height <= 100 for height in heights)
    assert drawn.marks[0].x < drawn.marks[1].x
    assert drawn.marks[1].y < drawn.target_y < (drawn.baseline_y or 0)


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        ("E-mail", ["email"]),
        ("Card by post", ["mail"]),
        ("Telephone and post", ["mail", "phone"]),
        ("Till and service desk", ["store", "service"]),
        ("General leaflet", ["mail"]),
        ("Newsletter by mail", ["email", "mail"]),
        ("Adventure", []),
        ("Carrier pigeon", []),
    ],
)
def test_channels_in__what_people_write__names_the_channels(text: str, channels: list[str]) -> None:
    assert channels_in(text) == channels


STAGE = {"key": "a", "name": "A", "goal": "", "channels": ["store"]}
MOMENT = {"key": "m", "name": "M", "stage": "a", "decides": "Stay.", "channels": [], "segments": ["x"]}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"stages": []}, "/stages"),
        ({"stages": [STAGE, STAGE]}, "/stages/1/key"),
        ({"stages": [{**STAGE, "channels": ["pigeon"]}]}, "/stages/0/channels"),
        ({"stages": [{**STAGE, "colour": 1}]}, "/stages/0"),
        ({"stages": "all"}, "/stages"),
        ({"moments": [{**MOMENT, "stage": "z"}]}, "/moments/0/stage"),
        ({"moments": [{**MOMENT, "decides": ""}]}, "/moments/0/decides"),
        ({"moments": [{**MOMENT, "segments": ["y"]}]}, "/moments/0/segments/0"),
        ({"name": ""}, "/name"),
        ({"colour": 1}, "/colour"),
    ],
)
def test_journey__wrong_part__is_refused_with_its_place(changes: dict[str, object], pointer: str) -> None:
    content = {"name": "J", "description": "", "stages": [STAGE], "moments": [MOMENT], **changes}
    with pytest.raises(JourneyInvalid) as refused:
        checked_journey(content, frozenset({"x"}))
    assert pointer in [each["pointer"] for each in refused.value.errors]


def test_journey__moments_out_of_order__stand_in_the_order_of_the_stages() -> None:
    later = {**STAGE, "key": "b", "name": "B"}
    moments = [{**MOMENT, "key": "n", "stage": "b"}, MOMENT]
    written = checked_journey({"name": "J", "stages": [STAGE, later], "moments": moments}, frozenset({"x"}))
    assert [moment["key"] for moment in written["moments"]] == ["m", "n"]
