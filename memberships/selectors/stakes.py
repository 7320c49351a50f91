"""What hangs on the customers whom a change moves: their value, who looks after them, and what they agreed to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from customers.selectors import AttributeRow, attribute_facts
from memberships.compiler import kept_column
from memberships.errors import NotComputed
from memberships.selectors.whatif import value_measures

OPEN = ("public", "internal")
OWNER_KEYS = ("account_owner", "account_manager", "sales_rep", "account_team")
CONSENT = "consent_"
FIRST_PURPOSE = "marketing"
NO_VALUE = "No number of the value dimension that is counted in a unit is open to everybody, so no value was summed."
NO_OWNERS = f"No attribute says who looks after a customer. One of these keys would: {', '.join(OWNER_KEYS)}."
NO_CONSENT = "There is no consent source: no yes-or-no attribute is named consent_ and a purpose."
_SHARES = ("", "%", "share")
_LISTED = 50


@dataclass(frozen=True)
class Sources:
    """The attributes that stakes are read from, where the catalogue has them: `consents` is purpose -> key."""

    value: AttributeRow | None = None
    owner: str | None = None
    consents: Mapping[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> list[str]:
        """All of them, each once."""
        named = [self.value.key if self.value else None, self.owner, *self.consents.values()]
        return list(dict.fromkeys(key for key in named if key))


@dataclass(frozen=True)
class Stakes:
    """The stakes as records that everybody may sign: figures, or the `reason` why there are none."""

    revenue: dict[str, Any]
    consent_blocked: dict[str, Any]
    account_owners: list[dict[str, Any]]
    owners_reason: str = ""


def sources_of(frame: pl.LazyFrame) -> Sources:
    """Where value, account owners and consent stand in the build.

    Value is the number of the value dimension with the largest total among those counted in a unit and open to
    everybody. A consent is a yes-or-no attribute `consent_<purpose>`, or one that declares a purpose and has “consent”
    in its key.
    """
    held = set(frame.collect_schema().names())
    facts = {key: row for key, row in attribute_facts().items() if key in held}
    return Sources(_value(facts), _owner(facts), _consents(facts))


def stakes_of(rows: pl.DataFrame, sources: Sources, *, new: str, old: str) -> Stakes:
    """The stakes of moving from the mask in column `old` (nobody where it is missing) to the one in `new`."""
    after = rows.get_column(new)
    before = rows.get_column(old) if old in rows.columns else pl.repeat(False, rows.height, eager=True)
    masks = {"entering": after & ~before, "leaving": before & ~after, "staying": before & after}
    moved = masks["entering"] | masks["leaving"]
    return Stakes(
        _revenue(rows, sources.value, masks),
        _blocked(rows, sources.consents, masks),
        _owners(rows, sources.owner, moved),
        "" if sources.owner else NO_OWNERS,
    )


def _value(facts: Mapping[str, AttributeRow]) -> AttributeRow | None:
    open_keys = frozenset(key for key, row in facts.items() if row.sensitivity in OPEN)
    try:
        measures = value_measures(open_keys)
    except NotComputed:
        return None
    return next((facts[key] for key in measures if facts[key].unit.lower() not in _SHARES), None)


def _owner(facts: Mapping[str, AttributeRow]) -> str | None:
    return next(
        (
            key
            for key in OWNER_KEYS
            if key in facts and facts[key].type in ("text", "enum") and facts[key].sensitivity in OPEN
        ),
        None,
    )


def _consents(facts: Mapping[str, AttributeRow]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key in sorted(facts):
        row = facts[key]
        if row.type != "boolean":
            continue
        if key.startswith(CONSENT):
            found.setdefault(key.removeprefix(CONSENT), key)
        elif "consent" in key and row.purposes:
            found.setdefault(row.purposes[0], key)
    return dict(sorted(found.items(), key=lambda pair: (pair[0] != FIRST_PURPOSE, pair[0])))


def _revenue(rows: pl.DataFrame, value: AttributeRow | None, masks: Mapping[str, pl.Series]) -> dict[str, Any]:
    if value is None:
        return {"reason": NO_VALUE}
    column = rows.get_column(kept_column(value.key))
    summed = {name: _hundredths(column.filter(mask)) for name, mask in masks.items()}
    found: dict[str, Any] = {name: total / 100 for name, total in summed.items()}
    return {
        **found,
        "moved": (summed["entering"] + summed["leaving"]) / 100,
        "attribute": value.key,
        "label": value.label,
        "unit": value.unit,
    }


def _hundredths(column: pl.Series) -> int:
    """The sum in whole hundredths: sums of fractions would depend on the order in which threads add them. What is no
    number becomes missing by the cast."""
    return int((column * 100 + 0.5).floor().cast(pl.Int64, strict=False).sum() or 0)


def _blocked(rows: pl.DataFrame, consents: Mapping[str, str], masks: Mapping[str, pl.Series]) -> dict[str, Any]:
    if not consents:
        return {"reason": NO_CONSENT}
    each: list[dict[str, Any]] = []
    for purpose, key in consents.items():
        blocked = ~rows.get_column(kept_column(key)).fill_null(False)
        counted = {name: int((blocked & masks[name]).sum()) for name in ("entering", "staying")}
        each.append({"purpose": purpose, "attribute": key, **counted})
    return {**each[0], "others": each[1:]} if len(each) > 1 else each[0]


def _owners(rows: pl.DataFrame, owner: str | None, moved: pl.Series) -> list[dict[str, Any]]:
    """Who looks after those who enter or leave, with how many each; the largest first."""
    if owner is None:
        return []
    named = rows.get_column(kept_column(owner)).filter(moved).drop_nulls().alias("name")
    counted = named.value_counts(name="count").with_columns(pl.col("name").cast(pl.String))
    first = counted.sort(["count", "name"], descending=[True, False]).head(_LISTED)
    return [{"name": row["name"], "count": int(row["count"])} for row in first.iter_rows(named=True)]
