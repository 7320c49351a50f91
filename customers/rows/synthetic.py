"""Customers that do not exist, of any number: B2B accounts with typed attributes, as skewed as one likes."""

from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime
from itertools import compress
from typing import Any

import numpy as np
import polars as pl

# Every id begins with it, and every row says so: nobody can take one of them for a customer.
PREFIX = "synthetic-"
MARK = "synthetic_data"
NUMBERS: dict[str, tuple[str, Callable[[Any, int], Any]]] = {
    "employees": ("value", lambda draw, n: np.ceil(draw.lognormal(4.2, 1.4, n))),
    "annual_revenue": ("value", lambda draw, n: np.round(draw.lognormal(15, 1.6, n), 2)),
    "contract_value": ("value", lambda draw, n: np.round(draw.lognormal(9.5, 1.1, n), 2)),
    "discount_percent": ("value", lambda draw, n: np.round(draw.uniform(0, 40, n), 1)),
    "invoices_overdue": ("value", lambda draw, n: draw.poisson(0.4, n).astype(float)),
    "seats": ("behavioral", lambda draw, n: np.ceil(draw.lognormal(3.3, 1.2, n))),
    "active_users_30d": ("behavioral", lambda draw, n: np.floor(draw.lognormal(2.8, 1.3, n))),
    "logins_30d": ("behavioral", lambda draw, n: draw.poisson(60, n).astype(float)),
    "api_calls_30d": ("behavioral", lambda draw, n: np.floor(draw.lognormal(7, 2, n))),
    "tickets_90d": ("behavioral", lambda draw, n: draw.poisson(3, n).astype(float)),
    "nps": ("behavioral", lambda draw, n: draw.integers(-100, 101, n).astype(float)),
    "training_hours": ("behavioral", lambda draw, n: np.round(draw.exponential(8, n), 1)),
    "products_owned": ("behavioral", lambda draw, n: draw.integers(1, 9, n).astype(float)),
    "opportunities_open": ("behavioral", lambda draw, n: draw.poisson(1.2, n).astype(float)),
}
CHOICES: dict[str, tuple[str, list[str]]] = {
    "industry": (
        "demographic",
        ["Banking", "Chemicals", "Education", "Energy", "Health", "Insurance", "Logistics", "Media", "Retail", "Steel"],
    ),
    "region": ("demographic", ["APAC", "Benelux", "DACH", "France", "Iberia", "Nordics", "UK", "US"]),
    "country": ("demographic", [f"Country {number:02}" for number in range(24)]),
    "city": ("demographic", [f"City {number:03}" for number in range(300)]),
    "plan": ("value", ["Basic", "Business", "Enterprise", "Trial"]),
    "billing_currency": ("value", ["CHF", "EUR", "GBP", "SEK", "USD"]),
    "support_tier": ("value", ["Bronze", "Gold", "None", "Silver"]),
    "lead_source": ("behavioral", ["Event", "Inbound", "Outbound", "Partner", "Referral", "Search", "Trial"]),
    "account_owner": ("behavioral", [f"Owner {number:03}" for number in range(200)]),
    "crm_system": ("technographic", ["Dynamics", "Homegrown", "HubSpot", "None", "Salesforce", "Sugar"]),
    "cloud_provider": ("technographic", ["AWS", "Azure", "GCP", "None"]),
    "erp_system": ("technographic", ["IFS", "Infor", "None", "Odoo", "Oracle", "Proalpha", "Sage", "SAP"]),
}
# The newest version is the most common one; only who uses the technology has a version of it.
VERSIONS: dict[str, tuple[str, list[str]]] = {
    "kubernetes_version": ("kubernetes", ["1.35", "1.34", "1.33", "1.32", "1.31", "1.30", "1.29"]),
    "postgres_version": ("postgres", ["18", "17", "16", "15", "14", "13", "12"]),
    "oracle_version": ("oracle", ["23ai", "21c", "19c", "18c", "12c"]),
    "windows_version": ("windows", ["Server 2025", "Server 2022", "Server 2019", "Server 2016", "Server 2012"]),
}
FLAGS = {
    "has_sso": "technographic",
    "has_api_key": "technographic",
    "uses_mobile": "technographic",
    "is_partner": "demographic",
    "is_reference": "demographic",
    "has_open_renewal": "value",
}
DATES = ("signed_on", "renewal_on", "last_login_on", "last_review_on", "trial_ended_on")
MOMENT = "last_event_at"
SETS = {
    "technologies": ["docker", "kafka", "kubernetes", "linux", "mssql", "oracle", "postgres", "windows"],
    "products": ["archive", "billing", "crm", "forms", "insights", "mobile", "portal", "sync"],
}


def attribute_kinds() -> dict[str, tuple[str, str]]:
    """Key -> (type, dimension) of the forty attributes that the benchmarks use."""
    kinds = {key: ("number", dimension) for key, (dimension, _) in NUMBERS.items()}
    kinds |= {key: ("enum" if len(names) < 20 else "text", dimension) for key, (dimension, names) in CHOICES.items()}
    kinds |= {key: ("boolean", dimension) for key, dimension in FLAGS.items()}
    kinds |= dict.fromkeys(DATES, ("date", "behavioral"))
    kinds |= {MOMENT: ("timestamp", "behavioral")}
    return kinds | dict.fromkeys(SETS, ("set", "technographic"))


def catalogue() -> dict[str, dict[str, Any]]:
    """Key -> what the catalogue is to say of every attribute that `customers` makes."""
    kinds = attribute_kinds() | dict.fromkeys(VERSIONS, ("enum", "technographic")) | {MARK: ("boolean", "demographic")}
    choices = {key: sorted(names) for key, (_, names) in (CHOICES | VERSIONS).items()}
    return {
        key: {
            "label": key.replace("_", " ").capitalize(),
            "type": type_,
            "dimension": dimension,
            "description": "Made up by the generator; true of nobody.",
            **({"choices": choices[key]} if type_ == "enum" else {}),
        }
        for key, (type_, dimension) in sorted(kinds.items())
    }


def external_ids(count: int) -> pl.Series:
    """`synthetic-00000000` and so on, in order."""
    digits = pl.int_range(count, eager=True).cast(pl.String).str.zfill(8)
    return pl.select(pl.lit(PREFIX) + digits).to_series().alias("external_id")


def attribute_columns(draw: Any, count: int, skew: float | None = None) -> Iterator[tuple[str, pl.Series]]:
    """The forty columns by key, `count` rows each; five percent are missing in every second one.

    `draw`: a generator of numpy, which alone decides. `skew`: the exponent of Zipf by which choices fall; None for the
    gentle slope of the benchmarks.
    """
    for position, key in enumerate(sorted(attribute_kinds())):
        series = _column(key, draw, count, skew)
        if position % 2:
            series = pl.select(pl.when(pl.Series(draw.random(count) >= 0.05)).then(series)).to_series()
        yield key, series.alias(key)


def customers(count: int, *, seed: int, skew: float) -> pl.DataFrame:
    """`count` customers: `external_id`, the mark, and every attribute of `catalogue`; alike for like arguments."""
    draw = np.random.default_rng(seed)
    columns: dict[str, pl.Series] = {"external_id": external_ids(count), MARK: pl.repeat(True, count, eager=True)}
    for key, series in attribute_columns(draw, count, skew):
        columns[key] = series.cast(pl.String) if series.dtype == pl.Categorical else series
    for key, (technology, names) in VERSIONS.items():
        has = columns["technologies"].list.contains(technology)
        versions = pl.Series(names).gather(ranks(draw, len(names), count, skew))
        columns[key] = pl.select(pl.when(has).then(versions)).to_series().alias(key)
    return pl.DataFrame(columns)


def ranks(draw: Any, kinds: int, count: int, skew: float | None) -> Any:
    """`count` draws of 0..kinds-1, the first the most common: by Zipf's law, or on a gentle slope without `skew`."""
    if skew is None:
        return (draw.beta(1, 2, count) * kinds).astype(np.uint32)
    weights = np.arange(1, kinds + 1, dtype=float) ** -skew
    steps = np.cumsum(weights / weights.sum())
    return np.minimum(np.searchsorted(steps, draw.random(count), side="right"), kinds - 1).astype(np.uint32)


def _column(key: str, draw: Any, n: int, skew: float | None) -> pl.Series:
    if key in NUMBERS:
        return pl.Series(NUMBERS[key][1](draw, n))
    if key in CHOICES:
        names = pl.Series(CHOICES[key][1])
        return names.gather(ranks(draw, len(names), n, skew)).cast(pl.Categorical)
    if key in FLAGS:
        return pl.Series(draw.random(n) < 0.4)
    if key in DATES:
        days = (date(2026, 12, 31) - date(1970, 1, 1)).days - draw.integers(0, 1500, n)
        return pl.Series(days.astype(np.int32)).cast(pl.Date)
    if key == MOMENT:
        start = int(datetime(2026, 1, 1).timestamp()) * 1_000_000
        moments = pl.Series(start + draw.integers(0, 300 * 86_400, n) * 1_000_000)
        return moments.cast(pl.Datetime("us", "UTC"))
    return _subsets(SETS[key]).gather(draw.integers(0, 2 ** len(SETS[key]), n).astype(np.uint32))


def _subsets(words: Collection[str]) -> pl.Series:
    every = [list(compress(words, map(int, f"{bits:0{len(words)}b}"))) for bits in range(2 ** len(words))]
    return pl.Series(every, dtype=pl.List(pl.String))
