"""Checks what somebody proposes a segment to mean, before it is submitted and again when it is enacted."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from accounts.selectors import user_by_username
from common.errors import DomainError
from common.keys import check_key
from common.naming import refusals, remarks
from common.texts import clean_text
from customers.selectors import retired_among
from taxonomy.choices import EnactmentKind, SegmentStatus, Tier
from taxonomy.errors import ContentInvalid, KeyTaken, SegmentRetired, SegmentUnknown
from taxonomy.models import Objective, Segment
from taxonomy.rules import AttributeFacts, Rule, attributes_used, segments_used, to_text, to_words
from taxonomy.selectors import pilots, places
from taxonomy.selectors.axioms import checked_axioms
from taxonomy.selectors.catalogue import read_rule, rule_catalogue
from taxonomy.selectors.effective import rules_above, with_rules_above
from taxonomy.selectors.naming import faults_of_segment_key, faults_of_segment_name
from taxonomy.selectors.thresholds import checked_thresholds
from taxonomy.selectors.warnings import warnings_about

FIELDS = ("tier", "parent", "name", "meaning", "rule", "objective", "axioms", "thresholds", "owners", "pilot")
OWNERS = ("data", "definition", "outcome")

Finding = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class CheckedContent:
    """Content that may be enacted: in its one written form, with what was found out on the way.

    `attributes` and `segments` are those of the own rule. Each warning has code, detail and pointer.
    """

    content: dict[str, Any]
    rule: Rule
    effective_rule: Rule
    words: str
    attributes: tuple[str, ...]
    segments: tuple[str, ...]
    warnings: list[Finding]


def checked_content(content: Mapping[str, Any], *, key: str, kind: str) -> CheckedContent:
    """The content in its one written form with rule, words and warnings.

    Raises `ContentInvalid` with every fault found, each with a code, a pointer into the content and, for the rule's
    text, its position; `KeyTaken`, `SegmentUnknown` or `SegmentRetired` when the segment itself stands in the way.
    """
    _refuse_wrong_subject(key, kind)
    findings: list[Finding] = []
    written = _plain_fields(content, key, findings)
    name_faults = faults_of_segment_name(key, written["name"]) if written["name"] else []
    key_faults = faults_of_segment_key(key, kind)
    findings += refusals(key_faults, "/key") + refusals(name_faults, "/name")
    pilot = pilots.checked_pilot(content.get("pilot"), key, findings)
    written |= {"pilot": pilot} if pilot else {}
    findings += places.faults_of_place(key, written["tier"], written["parent"])
    catalogue = rule_catalogue()
    rule = _rule(content.get("rule"), catalogue, findings)
    if rule is not None:
        findings += [
            _finding("attribute_retired", gone.words, "/rule") for gone in retired_among(attributes_used(rule))
        ]
        findings += places.faults_of_references(key, written["parent"], segments_used(rule), content.get("rule"))
        findings += pilots.faults_of_resting(key, pilot, written["parent"], segments_used(rule))
        written["thresholds"] = checked_thresholds(content.get("thresholds"), rule, findings)
    if findings or rule is None:
        raise ContentInvalid(findings[0]["detail"], code=findings[0]["code"], errors=findings)
    written["rule"] = to_text(rule)
    above = rules_above(written["parent"])
    return CheckedContent(
        content=written,
        rule=rule,
        effective_rule=with_rules_above(rule, above),
        words=to_words(rule, catalogue),
        attributes=tuple(sorted(attributes_used(rule))),
        segments=tuple(sorted(segments_used(rule))),
        warnings=remarks(key_faults, "/key")
        + remarks(name_faults, "/name")
        + warnings_about(written, rule, above, catalogue=catalogue),
    )


def _refuse_wrong_subject(key: str, kind: str) -> None:
    segment = Segment.objects.filter(key=key).first() if isinstance(key, str) else None
    if kind == EnactmentKind.CREATE:
        if segment is not None:
            raise KeyTaken(f"There is a segment with the key {key} already. Keys are never used twice; choose another.")
        return
    if segment is None:
        raise SegmentUnknown(f"There is no segment with the key {key}.")
    if segment.status == SegmentStatus.RETIRED:
        raise SegmentRetired(f"{key} was retired and cannot be changed. Propose a new segment instead.")


def _plain_fields(content: Mapping[str, Any], key: str, findings: list[Finding]) -> dict[str, Any]:
    """All fields but the rule, cleaned; faults go to `findings` and leave None."""
    if not isinstance(content, Mapping):
        raise ContentInvalid("The content of a segment is an object with fields.", code="wrong_type", pointer="")
    for name in content:
        if name not in FIELDS:
            known = ", ".join(FIELDS)
            findings.append(_finding("unknown_field", f"There is no field {name}. Known: {known}.", f"/{name}"))
    try:
        check_key(key)
    except DomainError as error:
        findings += error.errors
    return {
        "tier": _tier(content.get("tier"), findings),
        "parent": content.get("parent") or None,
        "name": _text(content, "name", 120, findings),
        "meaning": _text(content, "meaning", 600, findings),
        "rule": None,
        "objective": _objective(content.get("objective"), findings),
        "axioms": checked_axioms(content.get("axioms"), findings),
        "thresholds": [],
        "owners": _owners(content.get("owners"), findings),
    }


def _tier(tier: Any, findings: list[Finding]) -> str | None:
    if isinstance(tier, str) and tier in Tier.values:
        return str(tier)
    findings.append(_finding("unknown_tier", f"Choose one of the tiers: {', '.join(Tier.values)}.", "/tier"))
    return None


def _text(content: Mapping[str, Any], field: str, longest: int, findings: list[Finding]) -> str | None:
    try:
        return clean_text(content.get(field), pointer=f"/{field}", max_length=longest)
    except DomainError as error:
        findings += error.errors
        return None


def _objective(key: Any, findings: list[Finding]) -> str | None:
    if key is None or key == "":
        return None
    if isinstance(key, str) and Objective.objects.filter(key=key).exists():
        return key
    findings.append(_finding("unknown_objective", f"There is no objective with the key {key}.", "/objective"))
    return None


def _owners(owners: Any, findings: list[Finding]) -> dict[str, str]:
    given = owners if isinstance(owners, Mapping) else {}
    findings += [
        _finding("unknown_field", f"There is no owner of {name}.", f"/owners/{name}")
        for name in given
        if name not in OWNERS
    ]
    return {name: _owner(name, given.get(name), findings) for name in OWNERS}


def _owner(name: str, username: Any, findings: list[Finding]) -> str:
    if not isinstance(username, str) or not username.strip():
        findings.append(_finding("required", f"Name the person who answers for the {name}.", f"/owners/{name}"))
        return ""
    try:
        return str(user_by_username(username.strip()).get_username())
    except DomainError:
        detail = f"There is no active person with the user name {username}. Name somebody else."
        findings.append(_finding("unknown_person", detail, f"/owners/{name}"))
        return ""


def _rule(source: Any, catalogue: Mapping[str, AttributeFacts], findings: list[Finding]) -> Rule | None:
    if not isinstance(source, str | Mapping) or (isinstance(source, str) and not source.strip()):
        findings.append(_finding("required", "Write the rule; TRUE lets in everybody that the parent has.", "/rule"))
        return None
    try:
        return read_rule(source, catalogue)
    except DomainError as error:
        findings += error.errors
        return None


def _finding(code: str, detail: str, pointer: str) -> Finding:
    return {"code": code, "detail": detail, "pointer": pointer}
