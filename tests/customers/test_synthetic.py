"""Made-up customers: the same for the same seed, skewed, marked, and never among others."""

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from django.core.management import CommandError, call_command

from customers.models import Attribute, Customer, Event
from customers.rows.synthetic import MARK, catalogue, customers
from customers.rows.synthetic_events import events

UNTIL = datetime(2026, 11, 1, tzinfo=UTC)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("generate_customers", *arguments, stdout=out)
    return out.getvalue()


def test_customers__same_seed__are_the_same_and_another_seed_others() -> None:
    assert customers(200, seed=7, skew=1.1).equals(customers(200, seed=7, skew=1.1))
    assert not customers(200, seed=7, skew=1.1).equals(customers(200, seed=8, skew=1.1))
    assert events(200, of=50, seed=7, skew=1.1, until=UNTIL).equals(events(200, of=50, seed=7, skew=1.1, until=UNTIL))


def test_customers__every_row__is_marked_and_fits_the_catalogue() -> None:
    frame = customers(300, seed=1, skew=1.1)
    assert set(frame.columns) == {"external_id", *catalogue()}
    assert frame["external_id"].str.starts_with("synthetic-").all()
    assert frame["external_id"].n_unique() == 300
    assert frame[MARK].all()
    for key, facts in catalogue().items():
        if facts["type"] == "enum":
            assert set(frame[key].drop_nulls()) <= set(facts["choices"]), key
    has = frame["technologies"].list.contains("postgres").fill_null(value=False)
    assert frame.filter(~has)["postgres_version"].null_count() == (~has).sum()
    assert frame.filter(has)["postgres_version"].null_count() == 0


def test_skew__the_larger__the_more_falls_to_the_first() -> None:
    def share(skew: float) -> float:
        return float((customers(4000, seed=3, skew=skew)["country"] == "Country 00").mean() or 0)

    assert share(0) < share(1) < share(3)
    assert share(0) < 0.06
    told = events(4000, of=1000, seed=3, skew=1.2, until=UNTIL)
    counts = told.group_by("user_id").len()["len"].sort(descending=True)
    assert counts[0] > 20 * counts.median()  # type: ignore[operator]


def test_events__by_time__lie_before_the_day_and_belong_to_customers() -> None:
    told = events(1000, of=40, seed=3, skew=1.0, until=UNTIL)
    assert told["timestamp"].is_sorted()
    assert told["timestamp"].max() <= UNTIL  # type: ignore[operator]
    assert told["message_id"].n_unique() == 1000
    assert set(told["user_id"]) <= set(customers(40, seed=3, skew=1.0)["external_id"])
    assert events(0, of=40, seed=3, skew=1.0, until=UNTIL).height == 0


@pytest.mark.django_db
def test_generate__to_a_folder__writes_marked_files_and_never_over_others(tmp_path: Path) -> None:
    run("--customers", "30", "--events", "20", "--until", "2026-11-01", "--out", str(tmp_path / "p"))
    assert pl.read_parquet(tmp_path / "p" / "synthetic-customers.parquet").height == 30
    mark = json.loads(pl.read_parquet_metadata(tmp_path / "p" / "synthetic-events.parquet")["synthetic"])
    assert (mark["seed"], "true of nobody" in mark["note"]) == (20261122, True)
    with pytest.raises(CommandError, match="is there already"):
        run("--customers", "30", "--out", str(tmp_path / "p"))
    run("--customers", "3", "--events", "2", "--format", "jsonl", "--out", str(tmp_path / "j"))
    message = json.loads((tmp_path / "j" / "synthetic-events.jsonl").read_text().splitlines()[0])
    assert set(message) == {"type", "messageId", "userId", "event", "timestamp", "properties"}
    assert message["properties"]["synthetic_data"] is True
    assert json.loads((tmp_path / "j" / "synthetic-customers.jsonl").read_text().splitlines()[0])[MARK] is True
    assert Customer.objects.count() == 0


@pytest.mark.django_db
def test_generate__load_beside_others__is_refused_plainly(grocer: SimpleNamespace) -> None:
    before = Customer.objects.count()
    with pytest.raises(CommandError, match="into an empty portal only"):
        run("--customers", "5", "--load")
    assert Customer.objects.count() == before


@pytest.mark.django_db
def test_generate__load_into_an_empty_portal__goes_through_the_services(db: Any) -> None:
    told = run("--customers", "25", "--events", "40", "--load")
    assert "25 customers imported" in told
    assert Attribute.objects.count() == len(catalogue())
    assert Customer.objects.count() == 25
    assert Event.objects.count() == 40
    values = Customer.objects.get(external_id="synthetic-00000000").attributes
    assert values[MARK] is True
    with pytest.raises(CommandError, match="into an empty portal only"):
        run("--customers", "5", "--load")


@pytest.mark.parametrize("arguments", [("--customers", "0"), ("--customers", "1", "--skew", "-1")])
def test_generate__senseless_numbers__are_refused(arguments: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        run(*arguments, "--out", str(tmp_path))
