"""Measuring what an assumption is tied to: an attribute's average over the members, or a metric's newest reading."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from django.db.models import Q

from aims.selectors.actuals import standing_actuals
from common.clock import now
from common.errors import DomainError
from customers.selectors import visible_attribute_keys
from memberships.selectors.builds import readable_build
from memberships.selectors.reading import members_at, positions_at
from reviews.choices import AssumptionReview
from reviews.models import Assumption

FEWEST = 10
"""Below this many known values an average says more about single customers than about the segment."""


@dataclass(frozen=True)
class Measured:
    """A value, or the reason why there is none."""

    value: float | None
    reason: str = ""


def measured(row: Assumption) -> Measured:
    """What the assumption is tied to, as it stands now; never guessed."""
    try:
        return _attribute(row.attribute, row.segment_key) if row.attribute else _metric(row.metric, row.segment_key)
    except DomainError as refused:
        return Measured(None, refused.detail[:300])
    except OSError:
        return Measured(None, "The files of the newest profile build are not there.")


def _attribute(attribute: str, segment_key: str) -> Measured:
    frame = readable_build().frame
    if attribute not in frame.collect_schema():
        return Measured(None, f"The newest profile build has no attribute {attribute}.")
    column = frame.select(pl.col(attribute)).collect()[attribute]
    if not (column.dtype.is_numeric() or column.dtype == pl.Boolean):
        return Measured(None, f"{attribute} is neither a number nor a yes or no, so it has no average.")
    values = column.cast(pl.Float64).to_numpy()
    if segment_key:
        position = positions_at(now(), [segment_key]).get(segment_key)
        if position is None:
            return Measured(None, "The members have not been computed yet.")
        ordinals = np.fromiter(members_at([position])[position.segment_id], np.int64)
        values = values[ordinals[ordinals < len(values)]]
    known = values[~np.isnan(values)]
    if len(known) < FEWEST:
        return Measured(None, f"Fewer than {FEWEST} customers have a value of {attribute}.")
    return Measured(round(float(known.mean()), 6))


def _metric(metric: str, segment_key: str) -> Measured:
    rows = standing_actuals().filter(Q(objective__key=metric) | Q(objective__metric__iexact=metric))
    own = rows.filter(segment__key=segment_key).order_by("-on", "-pk").first() if segment_key else None
    found = own or rows.filter(segment__isnull=True).order_by("-on", "-pk").first()
    if found is None:
        return Measured(None, f"No value of the metric {metric} has been measured or entered yet.")
    return Measured(float(found.value))


def is_outside(row: Assumption, value: float) -> bool:
    """Whether the value lies outside the band; its ends belong to it."""
    return (row.low is not None and value < row.low) or (row.high is not None and value > row.high)


@dataclass(frozen=True)
class Watched:
    """One assumption as a viewer may see it: the value only of what they may see."""

    row: Assumption
    is_open: bool
    shown_value: float | None
    why_hidden: str


def watched(viewer: Any, rows: list[Assumption]) -> list[Watched]:
    """The assumptions for the viewer's eyes, those to be looked at first."""
    seen = visible_attribute_keys(viewer) if any(row.attribute for row in rows) else frozenset()
    found = [
        Watched(
            row,
            row.review == AssumptionReview.OPEN,
            row.value if not row.attribute or row.attribute in seen else None,
            "" if not row.attribute or row.attribute in seen else "You may not see this attribute.",
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: not each.is_open)
