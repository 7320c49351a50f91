"""The end of a segment under review: deprecated first, so that nothing new rests on it, then retired."""

from typing import Any

from common.errors import Invalid
from reviews.choices import CheckStatus, Kind
from reviews.subjects.base import Check, Content, Difference
from taxonomy import selectors as taxonomy
from taxonomy.choices import SegmentStatus

KINDS: tuple[str, ...] = (Kind.RETIRE, Kind.DEPRECATE)


def is_deprecated(key: str) -> bool:
    """Whether nothing new may rest on the segment."""
    return bool(taxonomy.segment_by_key(key).status == SegmentStatus.DEPRECATED)


def _is_in_full_use(key: str) -> bool:
    return bool(taxonomy.segment_by_key(key).status == SegmentStatus.ACTIVE)


def checks_of(kind: str, key: str, content: Content) -> list[Check]:
    """What stands on the segment, and who follows it. Raises Invalid where it cannot end."""
    named = _successor_check(kind, key, content.get("successor"))
    children = [version.segment.key for version in taxonomy.children_of(taxonomy.segment_by_key(key))]
    referring = [version.segment.key for version in taxonomy.references_to(key)]
    standing = ", ".join([*children, *referring])
    if kind == Kind.DEPRECATE:
        if taxonomy.is_pilot(key):
            raise Invalid(
                f"{key} is a pilot. End it by taking it into full use or by retiring it.",
                code="pilot",
                pointer="/subject/key",
            )
        if is_deprecated(key):
            raise Invalid(f"{key} is deprecated already.", code="deprecated", pointer="/subject/key")
        told = (
            f"It goes on for {standing}, and for nothing new." if standing else "No segment and no rule stands on it."
        )
        return [named, Check("What stands on it", CheckStatus.PASS, told)]
    if standing:
        raise Invalid(
            f"{standing} stand on {key}. Move, change or retire them first.", code="in_use", pointer="/subject/key"
        )
    return [named, Check("What stands on it", CheckStatus.PASS, "No segment and no rule stands on this one.")]


def difference(kind: str, new: Content) -> list[Difference]:
    """The status that it gets."""
    if kind == Kind.DEPRECATE:
        after = (
            f"deprecated: computed as before, and nothing new may rest on it; {new.get('successor')} takes its place"
        )
        return [Difference("status", "Status", "changed", "active", after)]
    named = f"succeeded by {new['successor']}" if new.get("successor") else "without a successor"
    return [Difference("status", "Status", "changed", "active", f"retired, {named}")]


def _successor_check(kind: str, key: str, successor: Any) -> Check:
    if successor is None and kind == Kind.DEPRECATE:
        raise Invalid("Name the segment to use instead.", code="required", pointer="/proposed/successor")
    if successor is None:
        remedy = "Name the segment to use instead, if any."
        return Check("Successor", CheckStatus.WARN, "No successor is named.", remedy)
    if successor == key or taxonomy.live_content(successor) is None or not _is_in_full_use(successor):
        raise Invalid(
            f"“{successor}” cannot succeed: it is not another live segment.",
            code="unknown_successor",
            pointer="/proposed/successor",
        )
    return Check("Successor", CheckStatus.PASS, f"{successor} is named as the successor.")
