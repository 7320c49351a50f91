"""A partial run computes what a change can affect and nothing else: the full run after it finds nothing to change."""

import random
from typing import Any

import pytest

from memberships.choices import RunState
from memberships.models import Current
from memberships.services.asking import scope_keys
from taxonomy.selectors import active_rules
from tests.memberships.conftest import enact, run_now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ordinals_from_zero")]

SEGMENTS = 7
TIERS = ("market", "segment", "sub_segment", "persona")
OWN = ("orders_90d >= {n}", "spend_365d < {n}00", "has_children", "orders_90d IS NULL", "NOT spend_365d > {n}00")


def random_rule(chance: random.Random, earlier: list[str]) -> str:
    """A condition, often upon other segments."""
    own = chance.choice(OWN).format(n=chance.randint(0, 40))
    if not earlier or chance.random() < 0.4:
        return own
    other = f"{chance.choice(['', 'NOT '])}IN_SEGMENT('{chance.choice(earlier)}')"
    return f"({own}) {chance.choice(['AND', 'OR'])} {other}"


def grown(chance: random.Random) -> list[str]:
    """Segments below and upon each other, each only upon earlier ones."""
    keys: list[str] = []
    for number in range(SEGMENTS):
        shallow = [each for each in keys if len(ancestors(each)) < len(TIERS)]
        parent = chance.choice([None, *shallow]) if chance.random() < 0.7 else None
        key = f"grown-{number}"
        above = ancestors(parent)
        referred = [each for each in keys if each not in above]
        enact(key, kind="create", parent=parent, tier=TIERS[len(above)], rule=random_rule(chance, referred))
        keys.append(key)
    return keys


def ancestors(key: str | None) -> list[str]:
    parents = {rule.key: rule.parent_key for rule in active_rules()}
    found = []
    while key is not None:
        found.append(key)
        key = parents.get(key)
    return found


@pytest.mark.parametrize("seed", range(3))
def test_partial_run__any_graph_and_change__leaves_nothing_for_a_full_run(grocer: Any, seed: int) -> None:
    chance = random.Random(seed)
    keys = grown(chance)
    run_now()
    for _ in range(2):
        key = chance.choice(keys)
        above = [each for each in keys[: keys.index(key)] if each not in ancestors(key)]
        enact(key, rule=random_rule(chance, above))
        affected = scope_keys(active_rules(), [key])
        untouched = dict(Current.objects.exclude(segment__key__in=affected).values_list("segment__key", "run_id"))
        run = run_now(key)
        assert run.state == RunState.SUCCEEDED
        assert {line["segment"] for line in run.manifest["segments"]} == affected
        now_untouched = Current.objects.exclude(segment__key__in=affected).values_list("segment__key", "run_id")
        assert dict(now_untouched) == untouched
        full = run_now()
        assert {line["state"] for line in full.manifest["segments"]} == {"unchanged"}, (seed, key)
