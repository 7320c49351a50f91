"""Claims tested on customers kept back: the split, each verdict, and what is stored."""

from typing import Any

import numpy as np
import pytest

from memberships.measures.holdout import FAILS, HOLDS, TOO_FEW, held_out, judged, parts_of
from memberships.models import HoldOut
from memberships.selectors.holdouts import hold_out_of, reading_of, stored_hold_out
from memberships.services import validate_run
from taxonomy.rules import parse
from taxonomy.selectors import live_version, rule_catalogue
from tests.memberships.conftest import run_now

ORDINALS = np.arange(20_000, dtype=np.uint32)


def draw() -> Any:
    return np.random.default_rng(56)


def verdict(members: Any, measured: Any, salt: str = "anchors") -> str:
    return judged(*parts_of(ORDINALS, members, measured, salt)).verdict


def test_held_out__the_same_customers__whatever_the_order_and_the_company() -> None:
    held = held_out(ORDINALS, "anchors")
    assert 0.28 < held.mean() < 0.32
    shuffled = draw().permutation(ORDINALS)
    assert (held_out(shuffled, "anchors") == held[shuffled]).all()
    some = ORDINALS[::7]
    assert (held_out(some, "anchors") == held[some]).all()
    # Written down: another split would test the claims on customers that were looked at.
    assert np.flatnonzero(held[:12]).tolist() == [4, 6, 7, 10]


def test_held_out__another_segment__keeps_others_back() -> None:
    both = held_out(ORDINALS, "anchors") & held_out(ORDINALS, "occasional")
    assert 0.07 < both.mean() < 0.11


def test_judged__a_real_difference__holds_with_its_figures() -> None:
    members = ORDINALS % 5 == 0
    measured = draw().normal(100, 20, len(ORDINALS)) + members * 50
    found = judged(*parts_of(ORDINALS, members, measured, "anchors"))
    assert found.verdict == HOLDS
    assert found.figures["share"]["claimed"] == pytest.approx(0.2, abs=0.01)
    assert found.figures["value"]["low"] < 50 < found.figures["value"]["high"]
    assert found.figures["value"]["found_lift"] == pytest.approx(1.5, abs=0.03)


def test_judged__a_difference_that_was_chance__does_not_hold() -> None:
    held = held_out(ORDINALS, "anchors")
    members = ORDINALS % 5 == 0
    measured = draw().normal(100, 20, len(ORDINALS))
    measured[members & ~held] += 5
    assert verdict(members, measured) == FAILS


def test_judged__a_share_that_was_chance__does_not_hold() -> None:
    held = held_out(ORDINALS, "anchors")
    members = (draw().random(len(ORDINALS)) < np.where(held, 0.15, 0.2)).astype(bool)
    assert verdict(members, np.full(len(ORDINALS), np.nan)) == FAILS


def test_judged__no_difference_claimed__tests_the_share_alone() -> None:
    found = judged(*parts_of(ORDINALS, ORDINALS % 5 == 0, draw().normal(100, 20, len(ORDINALS)), "x"))
    assert (found.verdict, found.figures["value"]) == (HOLDS, None)


@pytest.mark.parametrize("members", [ORDINALS < 60, ORDINALS < 0])
def test_judged__few_members__says_so(members: Any) -> None:
    assert verdict(members, np.ones(len(ORDINALS))) == TOO_FEW


def test_judged__everybody_is_a_member__has_nobody_to_compare_with() -> None:
    found = judged(*parts_of(ORDINALS, ORDINALS >= 0, np.ones(len(ORDINALS)), "x"))
    assert (found.verdict, found.figures["value"], found.figures["share"]["z"]) == (HOLDS, None, 0.0)


@pytest.mark.django_db
def test_reading__each_verdict__names_figures_and_what_to_do(computed: Any) -> None:
    members = ORDINALS % 5 == 0
    good = judged(*parts_of(ORDINALS, members, draw().normal(100, 20, len(ORDINALS)) + members * 50, "x"))
    read = reading_of(good.verdict, good.figures, "spend_365d", 1, computed.first_run.as_of)
    assert (read.title, read.remedy) == ("Holds", "")
    assert "within chance" in read.sentences[0]
    assert (
        "Spend, 365 days: members have" in read.sentences[1]
        and "1.5 times" in read.sentences[1]
        and "95% confidence" in read.sentences[1]
    )
    held = held_out(ORDINALS, "x")
    bad = judged(*parts_of(ORDINALS, members, draw().normal(100, 20, len(ORDINALS)) + 9.0 * (members & ~held), "x"))
    read = reading_of(bad.verdict, bad.figures, "spend_365d", 1, computed.first_run.as_of)
    assert read.title == "Does not hold" and read.remedy and "not what the larger part shows" in read.sentences[1]


@pytest.mark.django_db
def test_validate_run__delivered_twice__stores_one_verdict_for_each_version(computed: Any) -> None:
    assert validate_run(computed.first_run.pk) == 4
    assert validate_run(computed.first_run.pk) == 0
    assert HoldOut.objects.count() == 4
    live = live_version("anchors")
    assert live is not None
    read = stored_hold_out(live.pk)
    assert read is not None and read.verdict == TOO_FEW and read.title == "Too few customers"
    # The same customers, the same verdict: a second run over the same build adds nothing.
    assert validate_run(run_now().pk) == 0
    assert hold_out_of(parse("orders_90d >= 3", rule_catalogue()), "anchors").verdict == TOO_FEW
