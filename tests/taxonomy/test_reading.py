"""Reading the taxonomy: tree, panels, search, uses, states."""

import itertools
from types import SimpleNamespace

import pytest
import time_machine

from common.actors import SYSTEM
from common.clock import now
from taxonomy.choices import SegmentStatus, VersionState
from taxonomy.errors import IllegalMove, SegmentUnknown
from taxonomy.selectors import (
    Narrowing,
    attribute_uses,
    branches,
    differences_between,
    home_panels,
    narrowed,
    overview_for,
    path_of,
    search,
    segment_for,
    segment_versions,
    tree_for,
    version,
)
from taxonomy.services.enactment import retire_segment
from taxonomy.states import SEGMENT_MOVES, VERSION_MOVES, next_state, next_status
from tests.taxonomy.stage import enact, objective


@pytest.fixture
def family(stage: SimpleNamespace) -> SimpleNamespace:
    """A market with two segments, one of them with a persona."""
    objective(stage.steward)
    enact("market", tier="market", rule="TRUE", name="All households", meaning="Everybody.")
    enact("frequent", parent="market", objective="fresh")
    enact("casual", parent="market", name="Casual shoppers", rule="visits < 5", meaning="They come rarely.")
    enact("young", parent="frequent", tier="persona", name="Young regulars", rule="age_band = '19-24'")
    return stage


@pytest.mark.django_db
def test_tree_for__a_family__comes_depth_first_by_name(family: SimpleNamespace) -> None:
    rows = tree_for(family.learner)

    assert [(row.key, row.depth) for row in rows] == [("market", 0), ("casual", 1), ("frequent", 1), ("young", 2)]
    [root] = branches(rows)
    assert [branch.row.key for branch in root.children] == ["casual", "frequent"]
    assert [branch.row.key for branch in root.children[1].children] == ["young"]


@pytest.mark.django_db
def test_tree_for__retired_segments__only_on_request(family: SimpleNamespace) -> None:
    retire_segment(
        actor=SYSTEM, segment_key="young", base_version=1, successor_key=None, rationale="Gone.", request_ref="2"
    )

    assert "young" not in {row.key for row in tree_for(family.learner)}
    assert "young" in {row.key for row in tree_for(family.learner, with_retired=True)}


@pytest.mark.django_db
def test_tree_for__queries__do_not_grow_with_the_tree(
    family: SimpleNamespace, django_assert_max_num_queries: object
) -> None:
    family.learner.refresh_from_db()
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        tree_for(family.learner)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        (Narrowing(text="YOUNG"), ["market", "frequent", "young"]),
        (Narrowing(text="rarely"), ["market", "casual"]),
        (Narrowing(tier="market"), ["market"]),
        (Narrowing(objective="fresh"), ["market", "frequent"]),
        (Narrowing(attribute="age_band"), ["market", "frequent", "young"]),
        (Narrowing(text="young", tier="market"), []),
        (Narrowing(owner_id=-1), []),
        (Narrowing(), ["market", "casual", "frequent", "young"]),
    ],
)
def test_narrowed__each_part__keeps_hits_in_their_place(
    family: SimpleNamespace, wanted: Narrowing, keys: list[str]
) -> None:
    assert [row.key for row in narrowed(tree_for(family.learner), wanted)] == keys


@pytest.mark.django_db
def test_path_of__a_persona__starts_at_the_root(family: SimpleNamespace) -> None:
    assert path_of("young") == ["market", "frequent", "young"]
    with pytest.raises(SegmentUnknown):
        path_of("nobody")


@pytest.mark.django_db
def test_segment_for__without_role__is_unknown(family: SimpleNamespace) -> None:
    assert segment_for(viewer=family.viewer, key="young").key == "young"
    for person in (family.stranger, family.deactivated):
        with pytest.raises(SegmentUnknown):
            segment_for(viewer=person, key="young")
        assert tree_for(person) == []


@pytest.mark.django_db
def test_overview_for__a_persona__shows_what_it_inherits(family: SimpleNamespace) -> None:
    enact("big", name="Big", rule="IN_SEGMENT('young') AND spend > 3")

    overview = overview_for(viewer=family.viewer, key="young")

    assert overview.path == ["market", "frequent", "young"]
    assert overview.effective["text"] == "visits >= 50 AND age_band = '19-24'"
    assert [part.version.segment.key for part in overview.inherited] == ["frequent"]
    assert overview.words == {"words": "Age band is “19-24”"}
    assert [each.segment.key for each in overview.references] == ["big"]
    assert [(use.key, use.dimension) for use in overview.attributes] == [("age_band", "demographic")]


@pytest.mark.django_db
def test_overview_for__a_year_without_enactment__is_overdue(family: SimpleNamespace) -> None:
    assert not overview_for(viewer=family.viewer, key="young").is_review_overdue

    with time_machine.travel(now().replace(year=now().year + 1, month=12, day=31), tick=False):
        assert overview_for(viewer=family.viewer, key="young").is_review_overdue


@pytest.mark.django_db
def test_differences_between__two_versions__say_what_changed_in_words(family: SimpleNamespace) -> None:
    enact("frequent", base=1, parent="market", objective="fresh", rule="visits >= 60")

    found = {each.field: each for each in differences_between(version("frequent", 1), version("frequent", 2))}

    assert {field for field, each in found.items() if each.is_changed} == {"words", "rule"}
    assert [piece.text for piece in found["words"].before if piece.kind == "removed"] == ["50"]
    assert [piece.text for piece in found["words"].after if piece.kind == "added"] == ["60"]


@pytest.mark.django_db
def test_segment_versions__newest_first(family: SimpleNamespace) -> None:
    enact("frequent", base=1, rule="visits >= 60")

    assert [each.number for each in segment_versions("frequent")] == [2, 1]


@pytest.mark.django_db
def test_home_panels__those_who_answer__see_the_health_of_their_segments(family: SimpleNamespace) -> None:
    [panel] = home_panels(family.owner)

    assert {item.title for item in panel.items} >= {"All households", "Young regulars"}
    assert not any(item.urgent for item in panel.items)
    assert home_panels(family.rep) == []


@pytest.mark.django_db
def test_search__by_name_key_and_meaning__puts_the_name_first(family: SimpleNamespace) -> None:
    assert [hit.title for hit in search(family.rep, "young", 10)] == ["Young regulars"]
    assert [hit.title for hit in search(family.rep, "rarely", 10)] == ["Casual shoppers"]
    assert [hit.kind for hit in search(family.rep, "fresh", 10)] == ["Objective"]
    assert search(family.rep, "  ", 10) == []
    assert search(family.stranger, "young", 10) == []


@pytest.mark.django_db
def test_attribute_uses__rules_in_force__are_named(family: SimpleNamespace) -> None:
    assert [use.title for use in attribute_uses("visits")] == ["Casual shoppers", "Frequent visitors"]
    assert attribute_uses("diet") == []


@pytest.mark.parametrize(
    ("table", "move_of", "states", "moves"),
    [
        (SEGMENT_MOVES, next_status, SegmentStatus.values, ("enact", "try_out", "revert", "deprecate", "retire")),
        (VERSION_MOVES, next_state, VersionState.values, ("supersede", "retire")),
    ],
)
def test_states__every_pair__moves_only_where_the_table_says(table, move_of, states, moves) -> None:  # type: ignore[no-untyped-def]
    for here, move in itertools.product(states, moves):
        if (here, move) in table:
            assert move_of(here, move) == table[here, move]
        else:
            with pytest.raises(IllegalMove):
                move_of(here, move)
    assert {"retired", "active", "pilot", "deprecated", "superseded"} >= set(table.values())
