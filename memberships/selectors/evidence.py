"""What members say about the rules in force: overlaps of segments and gaps of families, counted exactly."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations

from pyroaring import BitMap

from memberships import compiler
from memberships.models import Current
from memberships.selectors.reading import members_of
from taxonomy.selectors import ActiveRule, active_rules
from taxonomy.selectors.evidence import Evidence, PairCounts, Seen


@dataclass(frozen=True)
class Confirmed:
    """The members of one segment as found by the rule in force. Do not change the bitmap."""

    key: str
    members: BitMap
    run_id: int
    build_id: int
    build_number: int
    as_of: datetime

    @property
    def moment(self) -> tuple[int, date]:
        """What two counts must share to be compared: the customers, and the day that CURRENT_DATE was."""
        return self.build_id, self.as_of.date()


def questions(rules: Sequence[ActiveRule]) -> dict[str, str]:
    """For each segment the digest of its rule and of all that the rule refers to."""
    trees = {rule.key: rule.rule for rule in rules}
    digests = {rule.key: rule.digest for rule in rules}
    return {key: compiler.grounds_digest(trees, digests, key) for key in trees}


def confirmed(keys: Iterable[str]) -> dict[str, Confirmed]:
    """The members of those segments whose members were found by the rule that is in force now, by key."""
    asked = questions(active_rules())
    rows = Current.objects.filter(segment__key__in=set(keys), snapshot__isnull=False)
    facts = rows.order_by().values_list(
        "segment__key", "snapshot_id", "rule_digest", "run_id", "run__build_id", "run__build__number", "as_of"
    )
    valid = [row for row in facts if row[2] == asked.get(row[0])]
    members = members_of(row[1] for row in valid)
    return {
        key: Confirmed(key, members[snapshot_id], run_id, build_id, number, as_of)
        for key, snapshot_id, _, run_id, build_id, number, as_of in valid
        if as_of is not None
    }


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
