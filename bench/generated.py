"""Customers that do not exist: B2B accounts with forty typed attributes, five percent missing in half of them."""

from collections.abc import Callable
from datetime import date, datetime
from itertools import compress
from typing import Any

import numpy as np
import polars as pl

SEED = 20261122
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
    """Key -> (type, dimension) of all forty."""
    kinds = {key: ("number", dimension) for key, (dimension, _) in NUMBERS.items()}
    kinds |= {key: ("enum" if len(names) < 20 else "text", dimension) for key, (dimension, names) in CHOICES.items()}
    kinds |= {key: ("boolean", dimension) for key, dimension in FLAGS.items()}
    kinds |= dict.fromkeys(DATES, ("date", "behavioral"))
    kinds |= {MOMENT: ("timestamp", "behavioral")}
    return kinds | dict.fromkeys(SETS, ("set", "technographic"))


def frame(customers: int) -> pl.DataFrame:
    """The customers as a profile build has them: row i is ordinal i."""
    draw = np.random.default_rng(SEED)
    columns: dict[str, pl.Series] = {
        "ordinal": pl.Series(np.arange(customers, dtype=np.uint32)),
        "alive": pl.Series(np.ones(customers, dtype=bool)),
        "external_id": pl.Series([f"synthetic-{number:08}" for number in range(customers)]),
    }
    for position, key in enumerate(sorted(attribute_kinds())):
        series = _column(key, draw, customers)
        if position % 2:
            series = pl.select(pl.when(pl.Series(draw.random(customers) >= 0.05)).then(series)).to_series()
        columns[key] = series.alias(key)
    return pl.DataFrame(columns)


def _column(key: str, draw: Any, n: int) -> pl.Series:
    if key in NUMBERS:
        return pl.Series(NUMBERS[key][1](draw, n))
    if key in CHOICES:
        names = pl.Series(CHOICES[key][1])
        # Skewed, as life is: the first names are common, the last ones rare.
        return names.gather((draw.beta(1, 2, n) * len(names)).astype(np.uint32)).cast(pl.Categorical)
    if key in FLAGS:
        return pl.Series(draw.random(n) < 0.4)
    if key in DATES:
        days = (date(2026, 12, 31) - date(1970, 1, 1)).days - draw.integers(0, 1500, n)
        return pl.Series(days.astype(np.int32)).cast(pl.Date)
    if key == MOMENT:
        start = int(datetime(2026, 1, 1).timestamp()) * 1_000_000
        moments = pl.Series(start + draw.integers(0, 300 * 86_400, n) * 1_000_000)
        return moments.cast(pl.Datetime("us", "UTC"))
    words = SETS[key]
    sets = pl.Series([list(compress(words, map(int, f"{bits:08b}"))) for bits in range(256)], dtype=pl.List(pl.String))
    return sets.gather(draw.integers(0, 256, n).astype(np.uint32))
