"""Reading priorities: which segments come first, by stated and weighted inputs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.cache import cache

from aims.measures import INPUTS, USUAL_HOUR_COSTS, USUAL_WEIGHTS, Part, Score, scores
from aims.models import Weights
from aims.selectors.actuals import Progress, progresses
from aims.selectors.efforts import Spent, spent_by_segment, spent_words
from common.clock import now
from customers.selectors import attribute_facts
from memberships.errors import NotComputed
from memberships.selectors import MemberValue, SizeRow, member_values, sizes, sizes_at, value_measures
from taxonomy.selectors import objectives_in_use, tree_for

GROWTH_DAYS = 90
RANKS_KEPT_SECONDS = 300
LABELS = {
    "size": "Members",
    "value": "Value per member",
    "growth": f"Growth over {GROWTH_DAYS} days",
    "gap": "What is left to its target",
    "effort": "Effort of the last year",
}


@dataclass(frozen=True)
class WeightsInForce:
    """How much each input counts, what an hour costs, and since when; `row` is None while nobody has set any."""

    weights: Mapping[str, float]
    hour_costs: float
    number: int
    row: Weights | None

    @property
    def lines(self) -> list[tuple[str, str, float]]:
        """(input, label, weight) of each."""
        return [(name, LABELS[name], float(self.weights.get(name, 0))) for name in INPUTS]


@dataclass(frozen=True)
class Basis:
    """One input of one segment in words."""

    label: str
    words: str
    part: Part


@dataclass(frozen=True)
class Priority:
    """One segment in the order of priorities; `rank` counts from 1, None where nothing is known of it."""

    key: str
    name: str
    tier: str
    objective_key: str | None
    rank: int | None
    score: Score
    basis: tuple[Basis, ...]

    @property
    def value(self) -> float | None:
        """The score, 0 to 100."""
        return self.score.value

    @property
    def sentence(self) -> str:
        """Why it stands there, in a sentence."""
        known = [line for line in self.basis if line.part.points is not None and line.part.weight > 0]
        if not known:
            return "Nothing is known of it yet: it has no members computed, no objective measured, no effort recorded."
        best = max(known, key=lambda line: (line.part.points or 0) * line.part.weight)
        worst = min(known, key=lambda line: (line.part.points or 0, -line.part.weight))
        unknown = [line.label.lower() for line in self.basis if line.part.points is None]
        said = f"For it: {best.label.lower()} ({best.words})."
        if worst is not best:
            said += f" Against it: {worst.label.lower()} ({worst.words})."
        return said + (f" Not known: {', '.join(unknown)}." if unknown else "")


def weights_in_force() -> WeightsInForce:
    """The newest weights, or the usual ones while nobody has set any."""
    row = Weights.objects.select_related("set_by").order_by("-number").first()
    if row is None:
        return WeightsInForce(USUAL_WEIGHTS, USUAL_HOUR_COSTS, 0, None)
    given = {name: float(row.weights.get(name, 0)) for name in INPUTS}
    return WeightsInForce(given, float(row.weights.get("hour_costs", USUAL_HOUR_COSTS)), row.number, row)


def past_weights() -> list[Weights]:
    """All weights that were ever set, newest first."""
    return list(Weights.objects.select_related("set_by").order_by("-number"))


@dataclass(frozen=True)
class Priorities:
    """All segments by priority, and what the ranks rest on."""

    rows: list[Priority]
    weights: WeightsInForce
    value_attribute: str
    as_of: Any
    runs: list[int]


def priorities_for(*, viewer: Any, order: str = "score") -> Priorities:
    """The segments in use, best first (or by another input, or by name); those of which nothing is known come last."""
    weights = weights_in_force()
    rows = tree_for(viewer)
    keys = [row.key for row in rows]
    known = sizes()
    attribute, values = _values(keys)
    then = sizes_at(now() - timedelta(days=GROWTH_DAYS), keys)
    spent, done = spent_by_segment(), _progresses(rows)
    inputs = {row.key: _inputs(row.key, known, values, then, spent, done, weights.hour_costs) for row in rows}
    found = scores(inputs, weights.weights)
    words = {row.key: _words(row.key, inputs[row.key], known, values, spent, done, attribute) for row in rows}
    ordered = sorted(rows, key=lambda row: (found[row.key].value is None, -(found[row.key].value or 0), row.name))
    listed = [
        Priority(
            key=row.key,
            name=row.name,
            tier=row.tier,
            objective_key=row.objective_key,
            rank=place if found[row.key].value is not None else None,
            score=found[row.key],
            basis=tuple(Basis(LABELS[part.name], words[row.key][part.name], part) for part in found[row.key].parts),
        )
        for place, row in enumerate(ordered, start=1)
    ]
    stood = [row for key in keys if (row := known.get(key)) and row.as_of]
    return Priorities(
        rows=_sorted(listed, order),
        weights=weights,
        value_attribute=attribute,
        as_of=min((row.as_of for row in stood if row.as_of), default=None),
        runs=sorted({row.run_id for row in stood if row.run_id}),
    )


@dataclass(frozen=True)
class Rank:
    """Where one segment stands among all: its rank of so many, its score, and why, in a sentence."""

    rank: int | None
    count: int
    value: float | None
    sentence: str


def rank_of(*, viewer: Any, key: str) -> Rank | None:
    """Where the segment stands; read anew every few minutes, since all segments must be weighed for one."""
    kept = f"aims:ranks:{weights_in_force().number}"
    ranks: dict[str, Rank] | None = cache.get(kept)
    if ranks is None or key not in ranks:
        rows = priorities_for(viewer=viewer).rows
        ranks = {row.key: Rank(row.rank, len(rows), row.value, row.sentence) for row in rows}
        cache.set(kept, ranks, RANKS_KEPT_SECONDS)
    return ranks.get(key)


def _sorted(rows: list[Priority], order: str) -> list[Priority]:
    """In the order asked for: by score, by name, or by one input, the most points first."""
    if order == "name":
        return sorted(rows, key=lambda row: row.name.casefold())
    if order not in INPUTS:
        return rows
    place = INPUTS.index(order)
    return sorted(rows, key=lambda row: (row.score.parts[place].points is None, -(row.score.parts[place].points or 0)))


def _values(keys: list[str]) -> tuple[str, dict[str, MemberValue]]:
    """The label of what a member is worth by, and it for each segment; nothing while there is no data."""
    facts = attribute_facts()
    open_keys = frozenset(key for key, row in facts.items() if row.sensitivity in ("public", "internal"))
    try:
        for attribute, label in value_measures(open_keys).items():
            return label, member_values(keys, attribute)
    except NotComputed:
        pass
    return "", {}


def _progresses(rows: list[Any]) -> dict[str, Progress]:
    """How far the objective of each segment has come, by segment."""
    by_key = {objective.key: objective for objective in objectives_in_use()}
    pairs = [(row.key, by_key[row.objective_key]) for row in rows if row.objective_key in by_key]
    found = progresses([(objective, key) for key, objective in pairs])
    return {key: line for (key, _), line in zip(pairs, found, strict=True)}


def _inputs(
    key: str,
    known: Mapping[str, SizeRow],
    values: Mapping[str, MemberValue],
    then: Mapping[str, int],
    spent: Mapping[str, Spent],
    done: Mapping[str, Progress],
    hour_costs: float,
) -> dict[str, float | None]:
    size = known[key].size if key in known else None
    before = then.get(key)
    grown = (size - before) / before if size is not None and before else None
    return {
        "size": None if size is None else float(size),
        "value": values[key].mean if key in values else None,
        "growth": grown,
        "gap": done[key].gap if key in done else None,
        "effort": spent[key].costs(hour_costs) if key in spent else 0.0,
    }


def _words(
    key: str,
    inputs: Mapping[str, float | None],
    known: Mapping[str, SizeRow],
    values: Mapping[str, MemberValue],
    spent: Mapping[str, Spent],
    done: Mapping[str, Progress],
    attribute: str,
) -> dict[str, str]:
    size, value, growth, left = inputs["size"], inputs["value"], inputs["growth"], inputs["gap"]
    run = known[key].run_name if key in known else ""
    return {
        "size": "not computed yet" if size is None else f"{size:,.0f}, {run}",
        "value": "not known" if value is None else f"{value:,.2f} by {attribute}, mean of {values[key].known:,}",
        "growth": "no size that long ago" if growth is None else f"{growth:+.1%}",
        "gap": "not measured, or without a baseline" if left is None else f"{left:.0%} of {done[key].objective.name}",
        "effort": spent_words(spent, key),
    }
