"""The facts of one change that a board's conditions may ask about, read from what was computed about it."""

from collections.abc import Mapping, Sequence
from typing import Any

from customers.choices import Sensitivity
from customers.selectors import attribute_facts
from reviews.choices import Kind, SubjectType
from reviews.conditions import NOTHING
from taxonomy.rules import RuleError, attributes_used, parse
from taxonomy.selectors import stored_catalogue

METADATA: dict[str, frozenset[str]] = {
    SubjectType.SEGMENT: frozenset({"name", "meaning"}),
    SubjectType.ATTRIBUTE: frozenset({"label", "description"}),
    SubjectType.BOARD: frozenset({"name", "description"}),
}
"""Fields that only tell people about a thing; nothing is computed from them, and nobody's rights hang on them."""

_WORDS_ONLY = (Kind.CHANGE, Kind.RENAME)
_SENSITIVE = (Sensitivity.PERSONAL, Sensitivity.SPECIAL)


def facts_of(
    kind: str,
    subject_type: str,
    content: Mapping[str, Any],
    differences: Sequence[Mapping[str, Any]],
    effect_record: Mapping[str, Any],
    checks: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """What is known of the change; a fact that is not known is None, and conditions then take the strictest path."""
    is_metadata = _metadata_only(kind, subject_type, differences)
    sensitive = _sensitive(subject_type, content, effect_record)
    return {
        "kind": str(kind),
        "subject_type": str(subject_type),
        "metadata_only": is_metadata,
        "sensitive": sensitive,
        "bulk": kind in (Kind.SPLIT, Kind.MERGE) or bool(effect_record.get("bulk")),
        **_movement(kind, subject_type, effect_record, is_metadata=is_metadata is True),
    }


def _movement(kind: str, subject_type: str, record: Mapping[str, Any], *, is_metadata: bool) -> dict[str, Any]:
    """How many members and how much revenue move, and what becomes of the rule."""
    still = {"relation": NOTHING, "is_proved": True, "members_moved": 0, "share_moved": 0.0, "revenue_moved": 0}
    unknown = dict.fromkeys(still) | {"is_proved": False}
    if subject_type == SubjectType.ATTRIBUTE:
        # Another meaning of an attribute moves the members of every rule that reads it; nobody has counted them.
        return still if is_metadata or (kind == Kind.CREATE and not record.get("uses")) else unknown
    if subject_type != SubjectType.SEGMENT:
        return still
    if is_metadata:
        return {**still, "relation": "no_effect"}
    moved, share = _moved(record)
    return {
        "relation": record.get("relation"),
        "is_proved": record.get("is_proved") is True,
        "members_moved": moved,
        "share_moved": share,
        "revenue_moved": 0 if moved == 0 else _revenue(record),
    }


def _moved(record: Mapping[str, Any]) -> tuple[int | None, float | None]:
    if not record.get("computed"):
        return None, None
    entering, leaving = record.get("entering"), record.get("leaving")
    if not isinstance(entering, int) or not isinstance(leaving, int):
        return None, None
    moved = entering + leaving
    before = leaving + int(record.get("staying") or 0)
    # Of a segment that had nobody, whoever enters is all of it.
    return moved, 0.0 if moved == 0 else round(moved / before, 6) if before else 1.0


def _revenue(record: Mapping[str, Any]) -> float | None:
    revenue = record.get("revenue")
    moved = revenue.get("moved") if isinstance(revenue, Mapping) else None
    return moved if isinstance(moved, int | float) else None


def _metadata_only(kind: str, subject_type: str, differences: Sequence[Mapping[str, Any]]) -> bool | None:
    if kind not in _WORDS_ONLY:
        return False
    if not differences:
        return None
    return {str(item.get("field")) for item in differences} <= METADATA.get(subject_type, frozenset())


def _sensitive(subject_type: str, content: Mapping[str, Any], record: Mapping[str, Any]) -> list[str] | None:
    """The sensitive attributes that the change speaks of."""
    if subject_type == SubjectType.ATTRIBUTE:
        return [str(content.get("label", ""))] if content.get("sensitivity") in _SENSITIVE else []
    if "sensitive" in record:
        return list(record["sensitive"])
    if subject_type != SubjectType.SEGMENT or "rule" not in content:
        return []
    try:
        read = attributes_used(parse(str(content["rule"]), stored_catalogue()))
    except RuleError:
        return None
    known = attribute_facts()
    return sorted(key for key in read if key not in known or known[key].sensitivity in _SENSITIVE)
