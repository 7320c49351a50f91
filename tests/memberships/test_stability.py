"""Churn, flapping and shifts: by hand, and of a segment that lived."""

import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from pyroaring import BitMap

from common.clock import now
from customers.services.profiles import merge_customers_bulk
from memberships import selectors
from memberships.choices import Cause
from memberships.errors import NotComputed
from memberships.measures.stability import (
    DayMoves,
    Flapping,
    churn,
    flapping,
    psi,
    psi_of_share,
    psi_of_values,
    verdict,
)
from memberships.measures.steps import Step, by_run, thinned
from tests.memberships.conftest import run_now
from tests.memberships.histories import Writer

DAY = date(2026, 3, 1)


def moves(*rows: tuple[int, set[int], set[int]]) -> list[DayMoves]:
    return [DayMoves(DAY + timedelta(days=day), BitMap(entered), BitMap(left)) for day, entered, left in rows]


def test_churn__moves_over_the_mean_size__or_unknown_where_nobody_was() -> None:
    assert churn(30, 10, 90, 110) == 0.4
    assert churn(0, 0, 0, 0) is None


def test_flapping__out_and_in_again__counts_whoever_was_back_within_the_days() -> None:
    back_in_time = moves((0, set(), {1, 2}), (30, {1}, set()))
    assert flapping(BitMap([1, 2, 3]), back_in_time) == Flapping(1, 3)
    too_late = moves((0, set(), {1}), (31, {1}, set()))
    assert flapping(BitMap([1, 2, 3]), too_late) == Flapping(0, 3)
    entered_first = moves((0, {7}, set()), (1, set(), {7}), (2, {7}, set()), (3, set(), {7}), (4, {7}, set()))
    assert flapping(BitMap([1]), entered_first) == Flapping(1, 2), "each customer counts once"
    assert flapping(BitMap(), []).rate == 0.0


def test_psi__by_hand__agrees() -> None:
    expected = (0.6 - 0.5) * math.log(0.6 / 0.5) + (0.4 - 0.5) * math.log(0.4 / 0.5)
    assert psi([50, 50], [60, 40]) == pytest.approx(expected)
    assert psi([5, 5], [500, 500]) == pytest.approx(0)
    assert psi([0, 0], [1, 1]) is None
    assert psi([10, 0], [5, 5]) is not None, "an empty bin is not infinite"
    assert psi_of_share(50, 100, 60, 100) == pytest.approx(expected)


def test_psi_of_values__shifted_or_missing__rises() -> None:
    before = np.arange(1000, dtype=float)
    assert psi_of_values(before, before) == pytest.approx(0)
    slight, much = psi_of_values(before, before + 30), psi_of_values(before, before + 600)
    assert slight is not None and much is not None and slight < 0.25 < much
    gone = before.copy()
    gone[:500] = np.nan
    missing = psi_of_values(before, gone)
    assert missing is not None and missing > 0.25
    assert psi_of_values(np.array([np.nan]), before) is None
    constant = psi_of_values(np.ones(50), np.ones(70))
    assert constant == pytest.approx(0, abs=0.02)


def test_verdict__against_bounds__is_a_word() -> None:
    assert [verdict(value, (0.1, 0.25)) for value in (None, 0.0, 0.1, 0.25)] == [
        "unknown",
        "calm",
        "moving",
        "restless",
    ]


def steps(sizes: list[int], *, new_at: int = -1) -> list[Step]:
    at = now()
    return [
        Step(
            at=at + timedelta(minutes=place),
            number=place,
            size=size,
            version_id=1 + (place >= new_at > 0),
            run_id=place,
            cause="data",
            entered=max(0, size - before),
            left=max(0, before - size),
            is_new_version=place == new_at,
        )
        for place, (before, size) in enumerate(zip([0, *sizes[:-1]], sizes, strict=True))
    ]


def test_thinned__a_peak_of_one_step__stays_and_sums_hold() -> None:
    sizes = [100 + place % 3 for place in range(500)]
    sizes[333] = 900
    found = thinned(steps(sizes, new_at=77), 30)
    assert len(found) < 45
    assert max(step.size for step in found) == 900 and min(step.size for step in found) == 100
    assert [step.number for step in found if step.is_new_version] == [77]
    assert (found[0].number, found[-1].number) == (0, 499)
    assert sum(step.entered for step in found) - sum(step.left for step in found) == sizes[-1]
    assert sum(step.changes for step in found) == 500
    assert thinned(found, 100) == found


def test_by_run__several_causes_of_one_run__are_one_step_named_after_most_moves() -> None:
    first, second, third = steps([10, 12, 11])
    same = [first, Step(**{**{f: getattr(second, f) for f in Step.__slots__}, "run_id": 0, "cause": "late"}), third]
    found = by_run(same)
    assert [(step.entered, step.left, step.size, step.cause) for step in found] == [
        (12, 0, 12, "data"),
        (0, 1, 11, "data"),
    ]


@pytest.mark.django_db
def test_stability_of__restless_segment__is_measured_without_moves_of_the_rule(computed: Any) -> None:
    writer = Writer("anchors", begin=now() - timedelta(days=25))
    one, two, *rest = writer.ordinals
    writer.change((Cause.FIRST, set(rest[:8]) | {one, two}, set()), later=timedelta(0), snapshot=True)
    writer.change((Cause.DATA, set(), {one, two}), later=timedelta(days=1))
    writer.change((Cause.RULE, {rest[9]}, {rest[0]}), later=timedelta(days=1))
    writer.change((Cause.DATA, {one}, set()), later=timedelta(days=5))
    writer.stand()
    found = selectors.stability_of("anchors", viewer=computed.steward)
    indices = {index.title: index for index in found.indices}
    assert indices["Churn"].value == pytest.approx(3 / 9.5)
    assert indices["Flapping"].words == "10.0%: 1 of 10"
    assert (indices["Churn"].verdict, found.verdict) == ("restless", "restless")
    assert indices["Shift of its value"].value is None and "no longer kept" in indices["Shift of its value"].words
    assert found.since == writer.at - timedelta(days=7)


@pytest.mark.django_db
def test_stability_of__two_kept_builds__compares_values_of_members(computed: Any) -> None:
    writer = Writer("anchors", begin=now() - timedelta(days=10))
    writer.change((Cause.FIRST, set(writer.ordinals[:6]), set()), later=timedelta(0), snapshot=True)
    writer.stand()
    type(computed.first_run).objects.filter(pk=computed.first_run.pk).update(ended_at=now() - timedelta(days=9))
    rows = [{"external_id": f"hh-{place:02}", "attributes": {"spend_365d": 90_000}} for place in range(1, 7)]
    merge_customers_bulk(actor=computed.steward, rows=rows)
    run_now("households")
    run_now()
    found = selectors.stability_of("anchors", viewer=computed.steward)
    value = next(index for index in found.indices if index.title == "Shift of its value")
    assert value.value is not None and value.value > 0.25, value.words


@pytest.mark.django_db
def test_stability_of__young_or_never_computed__says_why_not(computed: Any) -> None:
    with pytest.raises(NotComputed, match="too short"):
        selectors.stability_of("anchors", viewer=computed.steward)
    with pytest.raises(NotComputed, match="not been computed"):
        selectors.stability_of("nothing", viewer=computed.steward)
