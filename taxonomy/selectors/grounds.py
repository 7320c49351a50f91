"""What segments rest on, with the version and the meaning of each part, so that others can tell when it moved."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from common.digests import digest_of
from customers.selectors import meanings_of
from taxonomy.choices import VersionState
from taxonomy.models import Enactment, SegmentVersion
from taxonomy.rules import attributes_used, segments_used
from taxonomy.selectors.catalogue import read_rule, rule_catalogue
from taxonomy.selectors.effective import standings

Grounds = dict[str, dict[str, Any]]
"""`segment:key` or `attribute:key` -> its version and the digest of what counts (`of`)."""


def grounds_of_rule(text: str, parent: str | None) -> Grounds:
    """All that decides about members besides the rule itself: the rules above it, those of the segments that it refers
    to and theirs, and the attributes that any of them reads. A new name of any of them changes nothing.
    """
    rule = read_rule(text, rule_catalogue())
    return _grounds({*segments_used(rule), *((parent,) if parent else ())}, attributes_used(rule))


def grounds_of_segments(keys: Iterable[str]) -> Grounds:
    """The rules of these segments in force, and all that decides about their members."""
    return _grounds(set(keys), ())


def ground_of_words(key: str) -> Grounds:
    """What a document about the segment rests on: what the segment means, its rule and its place; not its name."""
    fields = ("number", "meaning", "rule_text", "parent__key")
    row = SegmentVersion.objects.filter(segment__key=key, state=VersionState.ACTIVE).values_list(*fields).first()
    return {f"segment:{key}": {"version": row[0], "of": digest_of(list(row[1:]))}} if row else {}


def _grounds(keys: set[str], attributes: Iterable[str]) -> Grounds:
    standing = standings()
    wanted, waiting = set(keys), list(keys)
    while waiting:
        key = waiting.pop()
        below = [ground for ground in (standing[key].grounds if key in standing else ()) if ground not in wanted]
        wanted.update(below)
        waiting += below
    rows = SegmentVersion.objects.filter(state=VersionState.ACTIVE, segment__key__in=wanted).values_list(
        "segment__key", "number", "rule_text", "parent__key", "attribute_keys"
    )
    found: Grounds = {}
    read = set(attributes)
    for key, number, rule, parent, reads in rows:
        found[f"segment:{key}"] = {"version": number, "of": digest_of([rule, parent])}
        read.update(reads)
    for key, (number, meaning) in meanings_of(read).items():
        found[f"attribute:{key}"] = {"version": number, "of": meaning}
    return dict(sorted(found.items()))


def enacted_since(at: datetime) -> bool:
    """Whether any decision about segments took effect after that instant."""
    return Enactment.objects.filter(at__gt=at).exists()
