"""The moves of an import: every state is reached, every end is an end."""

import pytest

from customers.choices import ImportState
from customers.states import MOVES, next_state


def test_states__all__reached_from_a_plan() -> None:
    reached = {"planned"}
    while True:
        further = {target for (state, _), target in MOVES.items() if state in reached} - reached
        if not further:
            break
        reached |= further
    assert reached == set(ImportState.values)


def test_states__done__is_the_end() -> None:
    assert not [move for state, move in MOVES if state == "done"]


@pytest.mark.parametrize("state", ImportState.values)
@pytest.mark.parametrize("move", ["start", "claim", "finish", "fail", "cancel", "approve"])
def test_states__move_that_is_not_in_the_table__none(state: str, move: str) -> None:
    assert (next_state(state, move) is None) == ((state, move) not in MOVES)
