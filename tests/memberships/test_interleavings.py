"""Any order of changes, micro-batches, runs, enactments and retirements ends in what the rules say of the customers."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.db import connection

from common.actors import SYSTEM
from customers.models import Customer
from customers.services.erasure import erase_customer
from customers.services.profiles import merge_customers_bulk
from memberships import services
from memberships.models import Current
from memberships.selectors.invariants import breaches
from memberships.selectors.reading import Position, members_at
from memberships.services.claims import Claim, ClaimLost, claim_run
from memberships.services.execution import compute
from memberships.services.manifests import Computed
from memberships.services.publication import publish
from taxonomy.rules import matches
from taxonomy.selectors import active_rules
from taxonomy.services.enactment import retire_segment
from tests.memberships.conftest import enact, run_now

STEPS = 40
RULES = [
    "orders_90d >= 12",
    "spend_365d BETWEEN 100 AND 4000",
    "IN_SEGMENT('anchors') OR has_children",
    "NOT IN_SEGMENT('occasional') AND spend_365d IS NOT NULL",
    "last_order_on > CURRENT_DATE - INTERVAL '60' DAY",
    "main_department IN ('Deli', 'Bakery')",
]


@dataclass
class World:
    """What goes on between two looks at the members."""

    people: Any
    chance: random.Random
    open_runs: list[tuple[Claim, Computed]] = field(default_factory=list)
    made: int = 0
    extra: list[str] = field(default_factory=list)

    def change(self) -> None:
        rows = []
        for _ in range(self.chance.randint(1, 4)):
            values = {
                "orders_90d": self.chance.choice([None, 0, 3, 12, 20]),
                "spend_365d": self.chance.choice([None, 50, 3000, 5200]),
                "has_children": self.chance.choice([None, True, False]),
                "main_department": self.chance.choice([None, "Deli", "Produce"]),
            }
            some = self.chance.sample(sorted(values), self.chance.randint(1, 3))
            key = f"hh-{self.chance.randint(1, 16):02}"
            rows.append({"external_id": key, "attributes": {name: values[name] for name in some}})
        merge_customers_bulk(actor=self.people.steward, rows=rows)

    def erase(self) -> None:
        found = Customer.objects.filter(is_erased=False, external_id__startswith="hh-").order_by("external_id")
        one = self.chance.choice(list(found))
        erase_customer(actor=self.people.administrator, external_id=one.external_id, reason="Asked.")

    def say_cause(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE customers_customer SET change_cause = %s, changed_seq = nextval('customers_changed_seq')"
                " WHERE NOT is_erased AND external_id = %s",
                [self.chance.choice(["late", "merge", "correction"]), f"hh-{self.chance.randint(1, 12):02}"],
            )

    def publish_batch(self) -> None:
        services.publish_changes()

    def begin(self) -> None:
        keys = self.chance.choice([(), (), ("anchors",), ("occasional",)])
        live = {rule.key for rule in active_rules()}
        run = services.request_run(actor=SYSTEM, trigger="schedule", segment_keys=[key for key in keys if key in live])
        claim = claim_run(run.pk)
        if claim is not None:
            self.open_runs.append((claim, compute(claim, run)))

    def end(self) -> None:
        if self.open_runs:
            claim, computed = self.open_runs.pop(self.chance.randrange(len(self.open_runs)))
            with suppress(ClaimLost):
                publish(claim, computed)

    def enact(self) -> None:
        key = "occasional" if self.chance.random() < 0.5 and self._lives("occasional") else "anchors"
        rules = ["orders_90d < 4", "orders_90d >= 12 AND spend_365d >= 3000", "spend_365d > 60"]
        enact(key, rule=self.chance.choice(rules))

    def create(self) -> None:
        self.made += 1
        rules = RULES if self._lives("occasional") else [rule for rule in RULES if "occasional" not in rule]
        key = f"extra-{self.made}"
        enact(key, kind="create", rule=self.chance.choice(rules), parent=None)
        self.extra.append(key)

    def retire(self) -> None:
        if self.extra:
            key = self.extra.pop(self.chance.randrange(len(self.extra)))
            retire_segment(
                actor=SYSTEM, segment_key=key, base_version=1, successor_key=None, rationale="Done.", request_ref="2"
            )

    def _lives(self, key: str) -> bool:
        return any(rule.key == key for rule in active_rules())

    def steps(self) -> list[Callable[[], None]]:
        often = [self.change, self.change, self.publish_batch, self.publish_batch, self.begin, self.end, self.end]
        return [*often, *often, self.say_cause, self.enact, self.create, self.retire, self.erase]


def wrong_members() -> list[str]:
    """Segments whose members differ from what their rule says of each customer, one by one; those whose question was
    never answered are left out."""
    from memberships.selectors.questions import asked

    standing = asked()
    rows = {row.segment_id: row for row in Current.objects.exclude(snapshot=None)}
    truth: dict[str, dict[int, Any]] = {}
    people = dict(Customer.objects.filter(is_erased=False).values_list("ordinal", "attributes"))
    wrong = []
    for rule in standing.rules:
        row = rows.get(rule.segment_id)
        as_of = row.as_of if row and row.as_of else next(each.as_of for each in rows.values() if each.as_of)
        truth[rule.key] = {
            ordinal: matches(rule.rule, values, as_of, segments=lambda key, who=ordinal: truth[key][who] is True)
            for ordinal, values in _typed(people).items()
        }
        if row is None or row.snapshot_id is None or row.rule_digest != standing.questions[rule.key]:
            continue
        members = members_at([Position(row.segment_id, row.snapshot_id, row.through)])[row.segment_id]
        if set(members) != {ordinal for ordinal, answer in truth[rule.key].items() if answer}:
            wrong.append(rule.key)
    return wrong


def _typed(people: dict[int, Any]) -> dict[int, Any]:
    return {
        ordinal: {key: date.fromisoformat(value) if key == "last_order_on" else value for key, value in values.items()}
        for ordinal, values in people.items()
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_members__any_order_of_steps__are_those_of_a_full_evaluation(computed: Any, seed: int) -> None:
    world = World(computed, random.Random(seed))
    for _ in range(STEPS):
        world.chance.choice(world.steps())()
        assert breaches() == []
    while world.open_runs:
        world.end()
    while services.publish_changes() is not None:
        pass
    assert wrong_members() == []
    run = run_now()
    moved = [
        line["segment"]
        for line in run.manifest["segments"]
        if line["state"] == "published" and line["cause"] not in {"first", "rule"} and line["entered"] + line["left"]
    ]
    assert moved == [], "after a micro-batch nothing is left for a full run"
    assert (wrong_members(), breaches()) == ([], [])
    assert Current.objects.count() == len(active_rules())
