"""The contents of terms, metrics and guidelines: lenient on what comes in, one written form for what is kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from accounts.choices import Function
from common.shapes import Shape
from taxonomy.choices import DefinitionType

Content = dict[str, Any]

LABELS: Final[dict[str, dict[str, str]]] = {
    DefinitionType.TERM: {
        "name": "Name",
        "definition": "Definition",
        "owner": "Owner",
        "function": "Function that coined it",
        "synonyms": "Synonyms by team",
        "abbreviations": "Abbreviations",
        "avoid": "Words to avoid",
        "examples": "Examples",
        "related": "Related terms",
    },
    DefinitionType.METRIC: {
        "name": "Name",
        "definition": "Definition",
        "unit": "Unit",
        "window": "Window",
        "grain": "Counted per",
        "formula": "Formula in words",
        "owner": "Owner",
        "function": "Function that reports it",
        "sources": "Sources",
        "synonyms": "Synonyms by team",
        "abbreviations": "Abbreviations",
        "avoid": "Words to avoid",
        "related": "Related terms",
    },
    DefinitionType.GUIDELINE: {"name": "Name", "text": "Text", "owner": "Owner", "questions": "Questions"},
}
FIELDS: Final = {kind: tuple(labels) for kind, labels in LABELS.items()}
NEEDS_REASON: Final = {
    "yes": "when the answer is yes",
    "no": "when the answer is no",
    "always": "whatever the answer",
    "never": "never",
}
_LISTS: Final = ("abbreviations", "avoid", "examples", "related", "sources")
_ANSWERS: Final = ("key", "text", "needs_reason_when")


@dataclass(frozen=True)
class CheckedDefinition:
    """Content in its one written form, with what a reader would miss."""

    content: Content
    warnings: list[str]


@dataclass(frozen=True)
class Spelling:
    """One way to write a governed word; `role` is name, synonym, abbreviation or avoid, `pointer` says where."""

    text: str
    role: str
    pointer: str


def checked_shape(kind: str, given: Any) -> CheckedDefinition:
    """The content, normalised; only a name and what it means are required.

    Raises `Invalid` with a pointer per fault.
    """
    document = _lenient(kind, given)
    shape = Shape(document, FIELDS[kind])
    content = _guideline(shape, document) if kind == DefinitionType.GUIDELINE else _word(kind, shape)
    shape.refuse("The definition cannot be read as it stands.")
    return CheckedDefinition({name: content[name] for name in FIELDS[kind]}, _missing(kind, content))


def spellings_of(content: Mapping[str, Any]) -> list[Spelling]:
    """Every way to write the word, the name first; words to avoid come last."""
    found = [Spelling(str(content["name"]), "name", "/name")]
    found += [
        Spelling(row["word"], "synonym", f"/synonyms/{place}/word")
        for place, row in enumerate(content.get("synonyms") or [])
    ]
    for field, role in (("abbreviations", "abbreviation"), ("avoid", "avoid")):
        found += [Spelling(text, role, f"/{field}/{place}") for place, text in enumerate(content.get(field) or [])]
    return found


def summary_of(content: Mapping[str, Any], length: int = 280) -> str:
    """What the word means, as one line short enough to stand beside it."""
    plain = re.sub(r"\s+", " ", re.sub(r"[*_`#>]+", "", str(content.get("definition") or content.get("text") or "")))
    plain = plain.strip()
    return plain if len(plain) <= length else plain[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def _word(kind: str, shape: Shape) -> Content:
    found: Content = {
        "name": shape.text("name", max_length=120, lines=False),
        "definition": shape.text("definition", max_length=4_000),
        "owner": shape.text("owner", max_length=150, required=False, lines=False) or None,
        "function": shape.text("function", max_length=32, required=False, lines=False).lower(),
        "synonyms": shape.rows("synonyms", ("word", "team"), max_length=120, optional=("team",)),
    }
    if found["function"] not in ("", *Function.values):
        shape.add("/function", f"Choose one of: {', '.join(Function.values)}.", "unknown_function")
    lists = [name for name in _LISTS if name in FIELDS[kind]]
    found.update({name: list(dict.fromkeys(shape.lines(name, max_length=_length(name)))) for name in lists})
    if kind == DefinitionType.METRIC:
        found.update(
            {
                name: shape.text(name, max_length=120, required=False, lines=False)
                for name in ("unit", "window", "grain")
            }
        )
        found["formula"] = shape.text("formula", max_length=2_000, required=False)
    _refuse_repeated(found, shape)
    return found


def _guideline(shape: Shape, document: Mapping[str, Any]) -> Content:
    found: Content = {
        "name": shape.text("name", max_length=120, lines=False),
        "text": shape.text("text"),
        "owner": shape.text("owner", max_length=150, required=False, lines=False) or None,
        "questions": shape.rows("questions", _ANSWERS, max_length=600),
    }
    keys = [row["key"] for row in found["questions"]]
    for place, row in enumerate(found["questions"]):
        if keys.index(row["key"]) != place:
            shape.add(f"/questions/{place}/key", "Another question has this key already.", "repeated")
        if row["needs_reason_when"] not in NEEDS_REASON:
            known = ", ".join(NEEDS_REASON)
            shape.add(f"/questions/{place}/needs_reason_when", f"Choose one of: {known}.", "unknown_answer")
    return found


def _lenient(kind: str, given: Any) -> Any:
    """What was sent, with plain texts where a list of one or rows are meant, and the names that people use."""
    if not isinstance(given, Mapping):
        return given
    document = dict(given)
    for name in (*_LISTS, "synonyms", "questions"):
        if isinstance(document.get(name), str):
            document[name] = [line for line in document[name].splitlines() if line.strip()]
    if isinstance(document.get("synonyms"), list):
        document["synonyms"] = [_synonym(each) for each in document["synonyms"]]
    if kind == DefinitionType.GUIDELINE:
        if "definition" in document and "text" not in document:
            document["text"] = document.pop("definition")
        if isinstance(document.get("questions"), list):
            document["questions"] = [_question(each) for each in document["questions"]]
    return document


def _synonym(given: Any) -> Any:
    return {"word": given, "team": ""} if isinstance(given, str) else given


def _question(given: Any) -> Any:
    row = {"text": given} if isinstance(given, str) else given
    if not isinstance(row, Mapping):
        return row
    text = row.get("text")
    key = row.get("key") or (re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] if isinstance(text, str) else "")
    return {**row, "key": key, "needs_reason_when": row.get("needs_reason_when") or "yes"}


def _length(name: str) -> int:
    return {"abbreviations": 32, "avoid": 120, "related": 63, "sources": 63}.get(name, 600)


def _refuse_repeated(content: Content, shape: Shape) -> None:
    """One word cannot be written the same way twice, least of all as what to say and what to avoid."""
    seen: dict[str, Spelling] = {}
    for each in spellings_of(content):
        plain = each.text.casefold() if each.role != "abbreviation" else each.text
        first = seen.setdefault(plain, each)
        if first is not each and plain:
            shape.add(each.pointer, f"“{each.text}” stands here as {first.role} already.", "repeated")


def _missing(kind: str, content: Content) -> list[str]:
    """What a reader would look for and not find."""
    wanted = {
        DefinitionType.TERM: ("owner", "examples"),
        DefinitionType.METRIC: ("owner", "unit", "window", "grain", "formula", "sources"),
        DefinitionType.GUIDELINE: ("owner", "questions"),
    }[DefinitionType(kind)]
    return [f"“{LABELS[kind][name]}” is empty." for name in wanted if not content[name]]
