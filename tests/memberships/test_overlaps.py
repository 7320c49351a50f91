"""The overlap matrix against sets, and what of it is said to whom."""

from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from common.errors import Invalid
from memberships.measures.overlaps import likeness, shared_counts
from memberships.selectors.overlap_matrix import NESTED, SIBLINGS, overlaps_for
from tests.memberships.conftest import enact, run_now

# The machine may be busy: neither a slow draw nor a slow example is a fault.
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
SETS = st.lists(st.frozensets(st.integers(0, 19)), max_size=6)


@QUIET
@given(SETS)
def test_counts__of_any_sets__are_those_of_all_pairs(sets: list[frozenset[int]]) -> None:
    found = shared_counts([BitMap(each) for each in sets])
    assert found.tolist() == [[len(one & other) for other in sets] for one in sets]


@QUIET
@given(st.frozensets(st.integers(0, 19)), st.frozensets(st.integers(0, 19)))
def test_likeness__of_any_two_sets__is_what_the_words_say(first: frozenset[int], second: frozenset[int]) -> None:
    found = likeness(len(first), len(second), len(first & second), 20)
    either = first | second
    assert found.jaccard == (len(first & second) / len(either) if either else None)
    assert found.expected == pytest.approx(len(first) * len(second) / 20)
    if found.association is None:
        assert not 0 < len(first) < 20 or not 0 < len(second) < 20
        return
    ones = [(each in first, each in second) for each in range(20)]
    means = [sum(pair[side] for pair in ones) / 20 for side in (0, 1)]
    shared = sum((a - means[0]) * (b - means[1]) for a, b in ones) / 20
    spread = (means[0] * (1 - means[0]) * means[1] * (1 - means[1])) ** 0.5
    assert found.association == pytest.approx(shared / spread)


@pytest.mark.django_db
def test_overlaps__of_all_segments__tell_counts_owner_and_what_surprises(computed: SimpleNamespace) -> None:
    enact("big-baskets", kind="create", parent=None, rule="spend_365d >= 3000")
    run_now()
    found = overlaps_for(viewer=computed.owner)
    place = {each.key: number for number, each in enumerate(found.places)}
    assert found.places[place["anchors"]].owner == computed.owner.display_name
    pair = found.pair(place["anchors"], place["big-baskets"])
    assert (pair.both, pair.jaccard, pair.relation) == (3, 3 / 5, "apart")
    nested = found.pair(place["anchor-families"], place["households"])
    assert (nested.relation, nested.surprise) == (NESTED, 0.0)
    apart = found.pair(place["anchors"], place["occasional"])
    assert (apart.both, apart.relation, apart.surprise) == (0, SIBLINGS, 0.0)
    assert found.exact and len(list(found.pairs())) == 10 and found.missing == ()
    assert [(each.first.key, each.second.key) for each in found.surprising()] == [("big-baskets", "households")]
    family = overlaps_for(viewer=computed.owner, family="households")
    assert [each.key for each in family.places] == ["anchors", "occasional"]
    then = overlaps_for(viewer=computed.owner, at=computed.first_run.ended_at)
    assert then.missing == ("big-baskets",)


@pytest.mark.django_db
def test_overlaps__for_who_may_not_see_customers__say_no_more_than_rounded_counts(computed: SimpleNamespace) -> None:
    found = overlaps_for(viewer=computed.viewer)
    assert {pair.both for pair in found.pairs()} == {"fewer than 5"}
    assert {pair.jaccard for pair in found.pairs()} == {None}
    assert found.surprising() == [] and not found.exact
    for wrong in ({"family": "zebra"}, {"keys": ["zebra"]}):
        with pytest.raises(Invalid):
            overlaps_for(viewer=computed.owner, **wrong)  # type: ignore[arg-type]
