"""The state graph: the table, the database's copy of it, and every move that neither lists."""

import itertools
from types import SimpleNamespace

import pytest
from django.db import connection

from reviews import states
from reviews.choices import DECIDED, State
from reviews.errors import IllegalMove

DEEDS = sorted({move for _, move in states.MOVES})


def test_states__every_pair_of_states__database_allows_just_what_the_table_lists(db: None) -> None:
    with connection.cursor() as cursor:
        for here, there in itertools.permutations(State.values, 2):
            cursor.execute("SELECT reviews_move_is_legal(%s, %s)", [here, there])
            assert cursor.fetchone()[0] is ((here, there) in states.PAIRS), (here, there)


def test_states__every_state__is_reachable_from_a_draft() -> None:
    reached = {str(State.DRAFT)}
    for _ in State.values:
        reached |= {there for here, there in states.PAIRS if here in reached}
    assert reached == set(State.values)


@pytest.mark.parametrize("state", DECIDED)
def test_states__decided__no_move_leaves(state: str) -> None:
    assert not [move for move in DEEDS if states.may(state, move)]


@pytest.mark.parametrize(("state", "deed"), list(itertools.product(State.values, DEEDS)))
def test_states__move__goes_where_the_table_says_or_is_refused(state: str, deed: str) -> None:
    if (state, deed) in states.MOVES:
        assert states.next_state(state, deed) in State.values
        return
    with pytest.raises(IllegalMove) as refused:
        states.next_state(state, deed)
    assert refused.value.extra["state"] == state
    assert refused.value.detail.endswith(".")


def test_states__documentation__names_every_move(settings: SimpleNamespace) -> None:
    text = (settings.BASE_DIR / "docs" / "state-machines.md").read_text()
    for (here, move), there in states.MOVES.items():
        assert f"| {here} | {move} | {there} |" in text
