"""By when somebody is to look at segments again, as the storey that keeps them says."""

from collections.abc import Collection
from datetime import date

from common.providers import providers


def review_dates(keys: Collection[str]) -> dict[str, date]:
    """Segment key -> the day by which it is to be looked at; only of segments in use."""
    found: dict[str, date] = {}
    for provider in providers("REVIEW_DATES"):
        found |= provider(keys)
    return found
