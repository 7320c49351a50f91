"""Batch membership and explanation agree for every household and every segment of the demonstration company."""

from pathlib import Path

import polars as pl

from customers.rows.frames import build_columns, scan_files
from demo.documents import company, live_rules
from demo.tables import AS_OF
from memberships.engines import polars_engine
from taxonomy.rules import Rule, conjoin, matches, parse
from taxonomy.rules.counterfactual import nearest_turn
from taxonomy.rules.deciding import deciding
from taxonomy.rules.distances import turn_words
from taxonomy.rules.possibilities import Case
from tests.demo.test_documents import CATALOGUE, SEGMENTS, json_values, rules_of

EVERY = 40


def effective_rules() -> dict[str, Rule]:
    """Every live segment's rule with those of its parents, and one that refers to others."""
    texts = live_rules()
    found = {}
    for key in texts:
        own, *above = rules_of(key, texts)
        for rule in above:
            own = conjoin(rule, own)
        found[key] = own
    found["refers"] = parse("IN_SEGMENT('fresh-kitchen') AND NOT IN_SEGMENT('anchor-households')", CATALOGUE)
    return found


def as_build(households: pl.DataFrame, folder: Path) -> pl.LazyFrame:
    """The households in a file as a profile build holds them."""
    kinds = build_columns({key: facts.type for key, facts in CATALOGUE.items()})
    held = {key: kind for key, kind in kinds.items() if key in households.columns}
    rows = households.cast(held).with_row_index("ordinal").with_columns(alive=pl.lit(True))  # type: ignore[arg-type]
    rows.write_parquet(folder / "build.parquet")
    return scan_files(folder / "build.parquet")


def test_explanation__every_household_and_segment__agrees_with_batch(households: pl.DataFrame, tmp_path: Path) -> None:
    assert company().segments and SEGMENTS
    rules = effective_rules()
    batch = polars_engine.evaluate(as_build(households, tmp_path), list(rules.items()), AS_OF)
    assert not batch.failures
    disagreeing = []
    for ordinal, customer in enumerate(json_values(households)):
        standing = {key: ordinal in batch.members[key] for key in rules}
        for key, rule in rules.items():
            case = Case(rule, customer, AS_OF, segments=standing, catalogue=CATALOGUE)
            if (case.result is True) != standing[key]:
                disagreeing.append((customer["external_id"], key))
            elif ordinal % EVERY == 0:
                check_told(case, standing)
    assert not disagreeing, disagreeing[:5]
    assert all(batch.members[key] for key in rules), "a segment that nobody is in would agree with anything"


def check_told(case: Case, standing: dict[str, bool]) -> None:
    """What decides is told, and what would turn the answer turns it, in words."""
    assert deciding(case).facts
    turn = nearest_turn(case)
    assert turn is not None and turn.changes and turn_words(case, turn)
    changed = {change.fact.key: change.after for change in turn.changes}
    after = matches(case.rule, {**case.evaluation.attributes, **changed}, AS_OF, segments={**standing, **changed})
    assert (after is True) is not (case.result is True)
