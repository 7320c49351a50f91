"""Sizes of one day in the taxonomy of that day and in a later one: the same customers, counted both ways."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from django.utils.dateparse import parse_date
from pyroaring import BitMap

from common.clock import now
from memberships.policies import MembershipPolicy
from memberships.selectors.reading import members_at, positions_at
from taxonomy.selectors.crosswalk import Line, Then, lines_between, taxonomy_at


@dataclass(frozen=True)
class Flow:
    """How many of one old segment's members are counted in one new segment; `new` is empty for the remainder."""

    new: str
    count: int


@dataclass(frozen=True)
class OldRow:
    """One segment of the old taxonomy: its size on the day, and where these members are counted in the new one."""

    key: str
    name: str
    size: int
    flows: Sequence[Flow]

    @property
    def is_same(self) -> bool:
        """Whether it goes on as itself, whatever it is called."""
        return [flow.new for flow in self.flows] == [self.key]


@dataclass(frozen=True)
class NewRow:
    """One segment of the new taxonomy with the restated size of the day."""

    key: str
    name: str
    size: int


@dataclass(frozen=True)
class Restated:
    """Both views of one day. `total` memberships are in the old view; `placed` in the new one and `remainder` in none:
    together they are equal. Segments that had no members computed on the day are listed in `unknown`."""

    on: datetime
    until: datetime
    olds: Sequence[OldRow]
    news: Sequence[NewRow]
    total: int
    placed: int
    remainder: int
    lines: Sequence[Line]
    unknown: Sequence[str] = field(default=())

    @property
    def is_equal(self) -> bool:
        """Whether nothing was lost or added on the way."""
        return self.total == self.placed + self.remainder


def restated_for(*, viewer: object, on: datetime, until: datetime | None = None) -> Restated:
    """The sizes of the day in the taxonomy of the day and in that of `until` (today). Raises NotAllowed."""
    MembershipPolicy().require(viewer, "view_members")
    end = until or now()
    then, later = taxonomy_at(on), taxonomy_at(end)
    lines = lines_between(on, end)
    keys = {*then, *(line.new for line in lines if line.new)}
    before = _members(keys & set(then), on)
    after = _members({line.new for line in lines if line.new}, end)
    olds = [_row(key, each, before[key], lines, after) for key, each in then.items() if key in before]
    sizes: dict[str, int] = {}
    for row in olds:
        for flow in row.flows:
            if flow.new:
                sizes[flow.new] = sizes.get(flow.new, 0) + flow.count
    news = [NewRow(key, each.name, sizes[key]) for key, each in later.items() if key in sizes]
    gone = [NewRow(key, key, sizes[key]) for key in sizes if key not in later]
    total = sum(row.size for row in olds)
    remainder = sum(flow.count for row in olds for flow in row.flows if not flow.new)
    return Restated(
        on=on,
        until=end,
        olds=olds,
        news=[*news, *gone],
        total=total,
        placed=sum(row.size for row in [*news, *gone]),
        remainder=remainder,
        lines=lines,
        unknown=[key for key in then if key not in before],
    )


def day_of(text: str) -> datetime:
    """The end of the day that is asked for; a month ago where none is, never later than now."""
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    at = datetime.combine(day, time.max, tzinfo=UTC) if day else now() - timedelta(days=30)
    return min(at, now())


def _members(keys: set[str], at: datetime) -> dict[str, BitMap]:
    places = positions_at(at, keys)
    found = members_at(places.values())
    return {key: found[place.segment_id] for key, place in places.items() if place.segment_id in found}


def _row(key: str, then: Then, members: BitMap, lines: Sequence[Line], after: Mapping[str, BitMap]) -> OldRow:
    counted = placed_members(key, members, lines, after)
    flows = [Flow(new, len(found)) for new, found in counted.items() if found or new == key]
    return OldRow(key, then.name, len(members), flows)


def placed_members(key: str, members: BitMap, lines: Sequence[Line], after: Mapping[str, BitMap]) -> dict[str, BitMap]:
    """Where the members are counted, each of them once, after all lines in their order; "" holds the remainder.

    A whole line carries everybody on. Where a segment became several, each member goes to the first of them that has
    them (in the order of the lines), and who is in none is part of the remainder, as is whoever was in a segment that
    nothing continues.
    """
    here: dict[str, BitMap] = {key: BitMap(members)}
    steps: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        steps.setdefault((line.request_ref, line.old), []).append(line)
    for (_, old), group in steps.items():
        if old not in here or all(line.new == old for line in group):
            continue
        left = here.pop(old)
        for line in group:
            if not line.new:
                continue
            found = left if line.is_whole else left & after.get(line.new, BitMap())
            here[line.new] = here.get(line.new, BitMap()) | found
            left = left - found
        if left:
            here[""] = here.get("", BitMap()) | left
    return here
