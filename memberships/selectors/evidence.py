"""What members say about the rules in force: overlaps of segments and gaps of families, counted exactly."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations

from pyroaring import BitMap

from memberships.models import Current
from memberships.selectors.questions import asked
from memberships.selectors.reading import Position, members_at
from taxonomy.selectors.evidence import Evidence, PairCounts, Seen


@dataclass(frozen=True)
class Confirmed:
    """The members of one segment as found by the rule in force. Do not change the bitmap."""

    key: str
    members: BitMap
    run_id: int
    build_id: int
    build_number: int
    watermark: int
    as_of: datetime

    @property
    def moment(self) -> tuple[int, date]:
        """What two counts must share to be compared: the customers, and the day that CURRENT_DATE was."""
        return self.watermark, self.as_of.date()


def confirmed(keys: Iterable[str]) -> dict[str, Confirmed]:
    """The members of those segments whose members were found by the rule that is in force now, by key."""
    standing = asked().questions
    rows = Current.objects.filter(segment__key__in=set(keys), snapshot__isnull=False)
    rows = rows.select_related("segment", "run__build").defer("run__manifest", "run__build__facts").order_by()
    valid = [row for row in rows if row.rule_digest == standing.get(row.segment.key)]
    members = members_at(Position(row.segment_id, row.snapshot_id or 0, row.through) for row in valid)
    return {row.segment.key: _confirmed(row, members[row.segment_id]) for row in valid}


def _confirmed(row: Current, members: BitMap) -> Confirmed:
    if row.run is None or row.run.build is None or row.as_of is None:
        raise ValueError(f"Segment {row.segment.key} has members and no run.")
    build = row.run.build
    return Confirmed(row.segment.key, members, row.run.pk, build.pk, build.number, row.watermark, row.as_of)


def evidence_of_members(families: Mapping[str, Sequence[str]], keys: Sequence[str]) -> Evidence:
    """The counts for all pairs of `keys`, and for the families (parent -> children); see `Evidence`."""
    known = confirmed({*keys, *families, *(child for children in families.values() for child in children)})
    pairs = {
        (first, second): _pair(known[first], known[second])
        for first, second in combinations(sorted(set(keys)), 2)
        if first in known and second in known and known[first].moment == known[second].moment
    }
    gaps = {
        parent: len(outside(known[parent], [known[child] for child in children]))
        for parent, children in families.items()
        if comparable(known, parent, children)
    }
    seen = {key: Seen(row.run_id, row.build_number, row.as_of) for key, row in known.items()}
    return Evidence(pairs, gaps, seen)


def comparable(known: Mapping[str, Confirmed], parent: str, children: Sequence[str]) -> bool:
    """Whether parent and children are all known, over the same customers on the same day."""
    keys = [parent, *children]
    return all(key in known for key in keys) and len({known[key].moment for key in keys}) == 1


def outside(parent: Confirmed, children: Sequence[Confirmed]) -> BitMap:
    """The members of the parent that are in none of the children."""
    return parent.members - BitMap().union(*(child.members for child in children))


def _pair(first: Confirmed, second: Confirmed) -> PairCounts:
    both = first.members.intersection_cardinality(second.members)
    return PairCounts(both, len(first.members) - both, len(second.members) - both)
