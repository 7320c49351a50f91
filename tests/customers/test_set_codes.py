"""Sets as categories: CONTAINS answers from them what it answers from the lists."""

import random
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from customers.rows import coded_sets
from customers.rows.coded_sets import SetCodes, set_column, with_codes
from customers.selectors import customer, scan_build, scan_coded
from customers.services.builds import build_profiles
from customers.services.profiles import merge_customers_bulk

TEXTS = ["", "a", "b", "ab", "a b", "ü", "a,b", '"', "\t", "set:", "zzz"]


def drawn(count: int) -> list[list[str] | None]:
    draw = random.Random(7)
    sets = [sorted(draw.sample(TEXTS[:-1], draw.randrange(4))) for _ in range(count)]
    return [None if draw.random() < 0.2 else one for one in sets]


def test_codes__random_sets__the_answers_of_the_lists(tmp_path: Path) -> None:
    frame = pl.DataFrame({"tags": drawn(300)}, schema={"tags": pl.List(pl.String)})
    coded = with_codes(frame, {"tags": "set"})
    coded[:200].write_parquet(tmp_path / "one.parquet")
    coded[200:].write_parquet(tmp_path / "two.parquet")
    paths = [tmp_path / "one.parquet", tmp_path / "two.parquet"]
    holds = SetCodes(paths, ["tags"])
    rows = pl.concat([pl.scan_parquet(path) for path in paths])
    for text in TEXTS:
        asked = holds("tags", text)
        assert asked is not None
        found = rows.select(asked.alias("coded"), pl.col("tags").list.contains(text).alias("listed")).collect()
        assert found["coded"].to_list() == found["listed"].to_list(), text
    assert holds("other", "a") is None


def test_codes__too_many_different_sets_or_an_old_file__the_lists_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pl.DataFrame({"tags": [["a"], ["b"], ["c"]]})
    with_codes(frame, {"tags": "set"}).write_parquet(tmp_path / "new.parquet")
    frame.write_parquet(tmp_path / "old.parquet")
    assert SetCodes([tmp_path / "old.parquet"], ["tags"])("tags", "a") is None
    monkeypatch.setattr(coded_sets, "MOST", 2)
    assert SetCodes([tmp_path / "new.parquet"], ["tags"])("tags", "a") is None


def test_build__base_and_overlay__codes_follow_the_lists(catalogue: SimpleNamespace, ordinals_from_zero: None) -> None:
    rows = [{"external_id": f"c-{at}", "attributes": {"tags": tags}} for at, tags in enumerate(drawn(30))]
    merge_customers_bulk(actor=catalogue.steward, rows=rows)
    build_profiles()
    changed = [{"external_id": "c-3", "attributes": {"tags": ["zzz", "b"]}}]
    merge_customers_bulk(actor=catalogue.steward, rows=changed)
    build = build_profiles()
    assert build.overlay_path
    frame, holds = scan_coded(build.pk)
    assert set_column("tags") not in scan_build(build.pk).collect_schema()
    for text in ("zzz", "b"):
        asked = holds("tags", text)
        assert asked is not None
        found = frame.select(asked.alias("coded"), pl.col("tags").list.contains(text).alias("listed")).collect()
        assert found["coded"].to_list() == found["listed"].to_list()
        assert found["coded"][customer("c-3").ordinal] is True
