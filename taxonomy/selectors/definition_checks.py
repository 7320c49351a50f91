"""Checks what somebody proposes a word to mean: its shape, its spelling beside all others, and what reads alike."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from accounts.selectors import people
from common.errors import Invalid
from common.naming import NameFault, NameKind, faults_of_name, refusals, remarks
from customers.selectors import source_version
from taxonomy.choices import DefinitionType, SegmentStatus
from taxonomy.content import Spelling, checked_shape, spellings_of
from taxonomy.content.likeness import NEAR_MEANING, meaning_words, near_spelling, overlap, same_spelling
from taxonomy.errors import DefinitionInvalid, DefinitionRetired, DefinitionUnknown, KeyTaken
from taxonomy.models import Definition
from taxonomy.selectors.glossary import Glossary, Word, glossary

Finding = dict[str, Any]


@dataclass(frozen=True)
class Likeness:
    """Another word that is easily taken for the proposed one, and why."""

    word: Word
    reason: str


@dataclass(frozen=True)
class CheckedMeaning:
    """Content that may be enacted, with what was found out on the way; each warning has code, detail and pointer."""

    content: dict[str, Any]
    warnings: list[Finding]
    alike: list[Likeness]


def checked_definition(content: Mapping[str, Any], *, kind: str, key: str, deed: str) -> CheckedMeaning:
    """The content in its one written form; `deed` is what the request asks for: create, change, rename or revert.

    Raises `DefinitionInvalid` with a code and a pointer for every fault, also for spellings that are another word's;
    `KeyTaken`, `DefinitionUnknown` or `DefinitionRetired` when the word itself stands in the way.
    """
    _refuse_wrong_subject(kind, key, deed)
    try:
        shape = checked_shape(kind, content)
    except Invalid as refused:
        raise DefinitionInvalid(refused.detail, errors=refused.errors) from refused
    written = shape.content
    known = glossary()
    others = [word for word in known.live() if not _is_own(word, kind, key)]
    findings = [*_owner_faults(written)]
    names = _name_faults(known.words.get(f"{kind}:{key}"), kind, written, others, deed)
    findings += refusals(names, "/name")
    if kind != DefinitionType.GUIDELINE:
        taken = {finding["pointer"] for finding in findings}
        findings += [each for each in _taken_spellings(written, others) if each["pointer"] not in taken]
    if findings:
        raise DefinitionInvalid(findings[0]["detail"], code=findings[0]["code"], errors=findings)
    alike = [] if kind == DefinitionType.GUIDELINE else list(alike_among(written, others))
    warnings = remarks(names, "/name")
    warnings += [{"code": "incomplete", "detail": text, "pointer": ""} for text in shape.warnings]
    warnings += _unknown_references(written, known)
    return CheckedMeaning(written, warnings, alike)


def alike_among(content: Mapping[str, Any], others: list[Word]) -> Iterator[Likeness]:
    """Words that are written nearly the same as this one, or are said to mean nearly the same."""
    own = [each.text for each in spellings_of(content) if each.role != "avoid"]
    words = meaning_words(str(content["definition"]))
    for other in others:
        if other.type == DefinitionType.GUIDELINE:
            continue
        theirs = [each.text for each in spellings_of(other.content) if each.role != "avoid"]
        near = next(((a, b) for a in own for b in theirs if near_spelling(a, b)), None)
        if near:
            yield Likeness(other, f"“{near[0]}” is written nearly like “{near[1]}”")
        elif overlap(words, meaning_words(other.definition)) >= NEAR_MEANING:
            yield Likeness(other, "Both are said to mean nearly the same")


def _refuse_wrong_subject(kind: str, key: str, deed: str) -> None:
    definition = Definition.objects.filter(type=kind, key=key).first()
    noun = DefinitionType(kind).label.lower()
    if deed == "create":
        if definition is not None:
            raise KeyTaken(f"There is a {noun} with the key {key} already. Keys are never used twice; choose another.")
        return
    if definition is None:
        raise DefinitionUnknown(f"There is no {noun} with the key {key}.")
    if definition.status == SegmentStatus.RETIRED:
        raise DefinitionRetired(f"{key} was retired and cannot be changed. Propose a new {noun} instead.")


def _is_own(word: Word, kind: str, key: str) -> bool:
    """Whether it is the word itself, or one that has been put away in its favour: their spellings pass to the heir."""
    return (word.type, word.key) == (kind, key) or (
        word.type == kind and word.successor == key and word.status == SegmentStatus.DEPRECATED
    )


def _owner_faults(content: Mapping[str, Any]) -> list[Finding]:
    owner = content["owner"]
    if owner is None or people().filter(username__iexact=owner).exists():
        return []
    detail = f"There is no active person with the user name {owner}."
    return [{"code": "unknown_person", "detail": detail, "pointer": "/owner"}]


def _name_faults(
    live: Word | None, kind: str, content: Mapping[str, Any], others: list[Word], deed: str
) -> list[NameFault]:
    if deed != "create" and live is not None and live.name == content["name"]:
        return []
    rivals = [word.name for word in others if word.type == kind]
    return faults_of_name(str(content["name"]), kind=cast(NameKind, kind), others=rivals)


def _taken_spellings(content: Mapping[str, Any], others: list[Word]) -> Iterator[Finding]:
    """Spellings that stand for another word already, or that another word says to avoid."""
    known: list[tuple[Word, Spelling]] = [
        (word, each) for word in others if word.type != DefinitionType.GUIDELINE for each in spellings_of(word.content)
    ]
    for own in spellings_of(content):
        clash = next((found for found in known if _clashes(own, found[1])), None)
        if clash is not None:
            yield _clash_finding(own, *clash)


def _clashes(own: Spelling, other: Spelling) -> bool:
    # Two words may both ask to avoid a third.
    return not (own.role == other.role == "avoid") and same_spelling(own.text, other.text)


def _clash_finding(own: Spelling, word: Word, other: Spelling) -> Finding:
    noun = DefinitionType(word.type).label.lower()
    role = {"name": "is", "synonym": "is a synonym of", "abbreviation": "is short for", "avoid": "is to be avoided for"}
    said = f"“{own.text}” {role[other.role]} the {noun} “{word.name}” already: {word.summary}"
    advice = f"Change that {noun}, offer an equivalence with it, or choose another word."
    return {"code": "spelling_taken", "detail": f"{said} {advice}", "pointer": own.pointer, "other": word.key}


def _unknown_references(content: Mapping[str, Any], known: Glossary) -> list[Finding]:
    found: list[Finding] = []
    words = known.words
    for place, key in enumerate(content.get("related") or []):
        if f"{DefinitionType.TERM}:{key}" not in words and f"{DefinitionType.METRIC}:{key}" not in words:
            said = f"There is no term or metric with the key {key} yet."
            found.append({"code": "unknown_word", "detail": said, "pointer": f"/related/{place}"})
    for place, key in enumerate(content.get("sources") or []):
        if not source_version(key):
            said = f"There is no source with the key {key}."
            found.append({"code": "unknown_source", "detail": said, "pointer": f"/sources/{place}"})
    return found
