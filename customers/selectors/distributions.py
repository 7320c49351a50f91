"""How the values of an attribute are spread among the customers, for those who write rules."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from django.core.cache import cache
from redis.exceptions import RedisError

from customers.choices import Sensitivity
from customers.errors import NoSuchBuild
from customers.models import ProfileBuild
from customers.policies import CustomerPolicy
from customers.selectors.attributes import attribute_for
from customers.selectors.builds import newest_build, scan_build

SMALL: Final = 5
# Rises with the form of `Distribution`, so that what an older portal left in the cache is not read as the new form.
_FORM: Final = 1
_KEPT_SECONDS: Final = 7 * 86_400


@dataclass(frozen=True)
class Distribution:
    """The values of one attribute on build `build_number`, which is None while no build holds the attribute.

    `known` of `total` customers have a value. Texts, choices, yes or no, and sets have `top`: (value, customers), most
    first; a set counts once for each item. Numbers, dates and moments have `bars`: (low, high, customers) with low <=
    value < high, rising, and minimum, maximum and median. `others` counts the customers whose values are not listed:
    nobody is counted in a group of fewer than 5. `hides_values`: the viewer may know the fill rate alone.
    """

    key: str
    type: str = ""
    build_number: int | None = None
    as_of: datetime | None = None
    known: int = 0
    total: int = 0
    top: list[tuple[Any, int]] = field(default_factory=list)
    bars: list[tuple[Any, Any, int]] = field(default_factory=list)
    others: int = 0
    minimum: Any = None
    maximum: Any = None
    median: Any = None
    hides_values: bool = False

    @property
    def fill_rate(self) -> float:
        """The share of customers that have a value, from 0 to 1."""
        return self.known / self.total if self.total else 0.0


def distribution_of(key: str) -> Distribution:
    """The distribution on the newest build; kept per build. For the machinery; pages and API ask `distribution_for`."""
    build = newest_build()
    if build is None or key not in build.schema:
        return Distribution(key)
    place = f"customers.distribution.{_FORM}.{build.pk}.{key}"
    # Without the cache the portal counts again: slower, and just as true.
    with suppress(RedisError):
        found = cache.get(place)
        if isinstance(found, Distribution):
            return found
    try:
        made = _counted(build, key)
    except NoSuchBuild:
        return Distribution(key)
    with suppress(RedisError):
        cache.set(place, made, _KEPT_SECONDS)
    return made


def _counted(build: ProfileBuild, key: str) -> Distribution:
    # Not on top: a parent process that has loaded and used Polars makes its forked children hang.
    from customers.rows.distributions import spread_of

    column = scan_build(build.pk).select(key).collect().get_column(key)
    spread = spread_of(build.schema[key], column)
    return Distribution(
        key=key,
        type=build.schema[key],
        build_number=build.number,
        as_of=build.as_of,
        known=len(column) - column.null_count(),
        total=build.alive_count,
        top=spread.top,
        bars=spread.bars,
        others=spread.others,
        minimum=spread.minimum,
        maximum=spread.maximum,
        median=spread.median,
    )


def distribution_for(viewer: Any, key: str) -> Distribution:
    """The distribution as the viewer may know it; NoSuchAttribute (a NotFound) for an attribute hidden from them.

    Who may not see customers learns nothing of one: no values of personal attributes, and of others no extremes, and
    no number of rare values that is below 5.
    """
    attribute = attribute_for(viewer=viewer, key=key)
    found = distribution_of(key)
    if CustomerPolicy().can(viewer, "view"):
        return found
    bare = replace(found, minimum=None, maximum=None)
    if attribute.sensitivity in (Sensitivity.PERSONAL, Sensitivity.SPECIAL) or found.known < SMALL:
        return replace(bare, top=[], bars=[], others=0, median=None, hides_values=True)
    top, others = list(found.top), found.others
    while top and 0 < others < SMALL:
        others += top.pop()[1]
    return replace(bare, top=top, others=others)
