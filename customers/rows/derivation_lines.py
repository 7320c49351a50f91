"""Derivations as people write them in the fields of a form: a condition or a line of points per line."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

FIELDS: Final = ("kind", "event", "aggregate", "property", "within_days", "where", "base", "points")
_SUBJECT: Final = r'("(?:[^"\\]|\\.)*"|[^"]+?)'
_ASKED: Final = re.compile(_SUBJECT + r"(?:\s*(<=|>=|<>|!=|=|<|>)|\s+(in|contains)(?=\s))\s*(.+)", re.DOTALL)
_KNOWN: Final = re.compile(_SUBJECT + r"\s+(?:is\s+)?(known|unknown)")
_POINTS: Final = re.compile(r"([+\-−]?\s*\d+(?:\.\d+)?)\s*(?::|\bwhere\b|\bif\b)\s*(.+)")
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_BARE: Final = re.compile(r"[^\s\",=<>]+(?: [^\s\",=<>]+)*")
_SIMPLE: Final = re.compile(r"[A-Za-z0-9_.$-]+")


class UnreadableLine(ValueError):
    """A line that says no condition; `field` is where it stands."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field, self.detail = field, detail


def derivation_from_fields(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """The derivation that the fields describe, unchecked; None for what is collected. Raises `UnreadableLine`."""
    kind = given.get("kind") or ""
    if kind == "event":
        return {
            "kind": "event",
            "event": given.get("event") or "",
            "aggregate": given.get("aggregate") or "",
            "property": given.get("property") or None,
            "within_days": given.get("within_days"),
            "where": [_condition(line, "where", "property") for line in _lines(given.get("where"))],
        }
    if kind == "score":
        lines = [_points(line) for line in _lines(given.get("points"))]
        return {"kind": "score", "base": given.get("base") or 0, "points": lines}
    return None


def fields_of_derivation(stored: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the fields say of a stored derivation."""
    if not stored:
        return {"kind": ""}
    if stored["kind"] == "event":
        wheres = "\n".join(_line(one["property"], one) for one in stored["where"])
        return {**stored, "property": stored["property"] or "", "where": wheres}
    points = "\n".join(f"{one['points']:+.15g} where {_line(one['attribute'], one)}" for one in stored["points"])
    return {"kind": "score", "base": stored["base"], "points": points}


def _lines(text: Any) -> list[str]:
    return [line.strip() for line in str(text or "").splitlines() if line.strip()]


def _condition(line: str, field: str, subject: str) -> dict[str, Any]:
    if found := _ASKED.fullmatch(line):
        operator = found[2] or found[3]
        values = [_value(part) for part in _parts(found[4])] if found[3] else [_value(found[4])]
        asked = values if operator == "in" else values[0]
        return {subject: _subject(found[1]), "operator": "<>" if operator == "!=" else operator, "value": asked}
    if found := _KNOWN.fullmatch(line):
        return {subject: _subject(found[1]), "operator": found[2], "value": None}
    example = "channel = web, total >= 100, plan in free, team, or coupon known"
    raise UnreadableLine(field, f"“{line[:80]}” says no condition. Write one per line, such as {example}.")


def _subject(text: str) -> str:
    return str(_value(text)) if text.startswith('"') else text.strip()


def _points(line: str) -> dict[str, Any]:
    found = _POINTS.fullmatch(line)
    if found is None:
        detail = f"“{line[:80]}” gives no points. Write one line each, such as +5 where orders_90d >= 12."
        raise UnreadableLine("points", detail)
    number = found[1].replace("−", "-").replace(" ", "")
    return _condition(found[2], "points", "attribute") | {"points": _value(number)}


def _parts(text: str) -> list[str]:
    """The items between commas; commas within quotation marks belong to the text."""
    return re.findall(r'\s*("(?:[^"\\]|\\.)*"|[^,]+)', text) or [text]


def _value(text: str) -> Any:
    text = text.strip()
    if text in ("true", "false"):
        return text == "true"
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    if text.startswith('"'):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _line(subject: str, one: Mapping[str, Any]) -> str:
    operator, value = one["operator"], one["value"]
    subject = subject if _SIMPLE.fullmatch(subject) else json.dumps(subject, ensure_ascii=False)
    if operator in ("known", "unknown"):
        return f"{subject} {operator}"
    values = value if isinstance(value, list) else [value]
    return f"{subject} {operator} {', '.join(map(_written, values))}"


def _written(value: Any) -> str:
    """The value as a line holds it, in quotation marks where it would be read as something else."""
    if isinstance(value, str):
        plain = _BARE.fullmatch(value) and _value(value) == value
        return value if plain else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)
