"""The content of operations on several segments: completed from what is live, and worked out into a plan."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.errors import DomainError, Invalid
from common.keys import check_key
from reviews.choices import Kind
from reviews.subjects.base import Content
from reviews.subjects.wording import below_proposed
from taxonomy import selectors as taxonomy
from taxonomy.selectors.crosswalk import is_taken
from taxonomy.selectors.plans import Plan, merge_plan, reading, reorganise_plan, split_plan, swap_plan

MOST = 200
_PART_FIELDS = ("tier", "parent", "name", "meaning", "rule", "objective", "axioms", "thresholds", "owners", "pilot")
_ROW_FIELDS = ("name", "parent", "tier")


def completed(kind: str, key: str, given: Content) -> Content:
    """The whole content, each segment with the version that it is written against. Raises Invalid with pointers."""
    return {
        Kind.SPLIT: _split,
        Kind.MERGE: _merge,
        Kind.REORGANISE: _reorganise,
        Kind.SWAP: _swap,
    }[Kind(kind)](key, given)


def plan_of(kind: str, key: str, content: Content) -> Plan:
    """What the completed content does to each segment."""
    if kind == Kind.SPLIT:
        return split_plan(key, content["version"], content["parts"])
    if kind == Kind.MERGE:
        return merge_plan(key, content["version"], content["content"], content["sources"])
    if kind == Kind.REORGANISE:
        return reorganise_plan(content["rows"])
    versions = {row["segment"]: row["version"] for row in content["segments"]}
    return swap_plan(content["attribute"], content["replacement"], content["values"], versions)


def _split(key: str, given: Content) -> Content:
    live = _live(key, "/subject/key")
    rows = _rows(given.get("parts"), "/proposed/parts", least=2)
    parts: list[Content] = []
    for position, row in enumerate(rows):
        pointer = f"/proposed/parts/{position}"
        part_key, said = _keyed(row, pointer)
        own = {**live.content, "axioms": {"exclusive": False, "covering": False}, "thresholds": [], **said}
        parts.append({"key": part_key, "content": own})
    _refuse_repeats([part["key"] for part in parts], "/proposed/parts")
    return {"version": live.version_number, "parts": parts}


def _merge(key: str, given: Content) -> Content:
    rows = given.get("sources")
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not 1 <= len(rows) <= MOST:
        raise Invalid("Name the segments to merge.", code="required", pointer="/proposed/sources")
    keys = [str(row.get("key", "")) if isinstance(row, Mapping) else str(row) for row in rows]
    _refuse_repeats(keys, "/proposed/sources")
    if key in keys:
        raise Invalid(
            f"{key} takes the others in; name only those that go out of use.",
            code="target_among_sources",
            pointer="/proposed/sources",
        )
    sources = [_live(each, f"/proposed/sources/{position}") for position, each in enumerate(keys)]
    target = taxonomy.live_content(key)
    if target is None and len(keys) < 2:
        raise Invalid("A new segment is merged from two at least.", code="required", pointer="/proposed/sources")
    said = _fields(given.get("content") or {}, "/proposed/content")
    if target is not None:
        base = dict(target.content)
    else:
        base = {
            **sources[0].content,
            "rule": " OR ".join(f"({source.content['rule']})" for source in sources),
            "axioms": {"exclusive": False, "covering": False},
            "thresholds": [],
        }
    return {
        "version": target.version_number if target else None,
        "sources": [
            {"key": each, "version": source.version_number} for each, source in zip(keys, sources, strict=True)
        ],
        "content": {**base, **said},
    }


def _reorganise(key: str, given: Content) -> Content:
    rows = []
    for position, row in enumerate(_rows(given.get("rows"), "/proposed/rows", least=1)):
        pointer = f"/proposed/rows/{position}"
        segment = str(row.get("segment") or "")
        live = _live(segment, f"{pointer}/segment")
        unknown = [name for name in row if name not in (*_ROW_FIELDS, "segment", "version")]
        if unknown:
            known = ", ".join(_ROW_FIELDS)
            raise Invalid(f"A row has no {unknown[0]}. Known: segment, {known}.", pointer=f"{pointer}/{unknown[0]}")
        changes = {name: row[name] or None if name == "parent" else row[name] for name in _ROW_FIELDS if name in row}
        changes = {name: value for name, value in changes.items() if live.content[name] != value}
        if changes:
            rows.append({"segment": segment, "version": live.version_number, **changes})
    if not rows:
        raise Invalid("Nothing in the table differs from what stands.", code="nothing_changed", pointer="/proposed")
    _refuse_repeats([row["segment"] for row in rows], "/proposed/rows")
    return {"rows": rows}


def _swap(key: str, given: Content) -> Content:
    attribute, replacement = str(given.get("attribute") or ""), str(given.get("replacement") or "")
    values = given.get("values") or {}
    if not isinstance(values, Mapping):
        raise Invalid("Values are an object: old value to new value.", code="wrong_type", pointer="/proposed/values")
    if attribute == replacement or not attribute or not replacement:
        raise Invalid("Name two attributes: the old one and the one that replaces it.", pointer="/proposed/replacement")
    versions = reading(attribute) if "\x00" not in attribute else []
    if not versions:
        raise Invalid(f"No live rule reads {attribute}.", code="not_read", pointer="/proposed/attribute")
    try:
        plan = swap_plan(attribute, replacement, values, {})
    except Invalid as refused:
        raise below_proposed(refused) from refused
    rules = {step.key: step.content["rule"] for step in plan.steps}
    segments = [{"segment": row.segment.key, "version": row.number, "rule": rules[row.segment.key]} for row in versions]
    return {"attribute": attribute, "replacement": replacement, "values": dict(values), "segments": segments}


def _live(key: str, pointer: str) -> Any:
    try:
        check_key(key, pointer)
        live = taxonomy.live_content(key)
    except DomainError as refused:
        raise Invalid(refused.detail, code="unknown_segment", pointer=pointer) from refused
    if live is None:
        raise Invalid(f"There is no segment in use with the key {key}.", code="unknown_segment", pointer=pointer)
    return live


def _rows(given: Any, pointer: str, *, least: int) -> list[Mapping[str, Any]]:
    right = isinstance(given, list) and all(isinstance(row, Mapping) for row in given)
    if not right or not least <= len(given) <= MOST:
        raise Invalid(f"Give a list of {least} to {MOST} objects.", code="wrong_type", pointer=pointer)
    return list(given)


def _keyed(row: Mapping[str, Any], pointer: str) -> tuple[str, Content]:
    key = str(row.get("key") or "")
    check_key(key, f"{pointer}/key")
    if is_taken(key):
        raise Invalid(f"The key {key} is taken; keys are never used twice.", code="key_taken", pointer=f"{pointer}/key")
    inner = row.get("content")
    said = inner if isinstance(inner, Mapping) else {name: value for name, value in row.items() if name != "key"}
    return key, _fields(said, pointer)


def _fields(given: Any, pointer: str) -> Content:
    if not isinstance(given, Mapping):
        raise Invalid("The content of a segment is an object.", code="wrong_type", pointer=pointer)
    unknown = [name for name in given if name not in _PART_FIELDS]
    if unknown:
        raise Invalid(
            f"A segment has no {unknown[0]}. Known: {', '.join(_PART_FIELDS)}.",
            code="unknown_field",
            pointer=f"{pointer}/{unknown[0]}",
        )
    return dict(given)


def _refuse_repeats(keys: Sequence[str], pointer: str) -> None:
    repeated = next((key for position, key in enumerate(keys) if key in keys[:position]), None)
    if repeated is not None:
        raise Invalid(f"{repeated} is named twice.", code="repeated", pointer=pointer)
