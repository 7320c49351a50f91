"""Segments under review: create, change, rename, move, go back, retire."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from accounts.selectors import user_by_username
from common.actors import Actor
from common.errors import DomainError, Invalid
from common.keys import check_key
from reviews.choices import CheckStatus, Kind
from reviews.subjects import regroupings, segment_ends, segment_evidence, segment_meaning, segment_proofs
from reviews.subjects.base import Check, Content, Difference, Effect, Examined, Live, Order, PlainSubject
from reviews.subjects.effects import readers_effect
from reviews.subjects.regrouping_differences import regrouping_differences
from reviews.subjects.segment_effect import effect_of
from reviews.subjects.segment_evidence import threshold_difference
from reviews.subjects.wording import (
    below_proposed,
    field_difference,
    object_only,
    refuse_nothing_changed,
    refuse_unknown,
    warnings_as_checks,
)
from taxonomy import selectors as taxonomy
from taxonomy.choices import Pilot, Tier
from taxonomy.rules import RuleError, parse, to_words
from taxonomy.selectors.axioms import axioms_in_words
from taxonomy.selectors.grounds import grounds_of_rule, grounds_of_segments
from taxonomy.services.enactment import deprecate_segment, enact_version, retire_segment

FIELDS = ("tier", "parent", "name", "meaning", "rule", "objective", "axioms", "thresholds", "owners", "pilot")
MAY_PROPOSE: dict[str, tuple[str, ...]] = {
    Kind.CREATE: FIELDS,
    Kind.CHANGE: FIELDS,
    Kind.RENAME: ("name", "meaning"),
    Kind.MOVE: ("parent", "tier"),
    Kind.REVERT: ("version",),
    Kind.RETIRE: ("successor",),
    Kind.DEPRECATE: ("successor",),
    **regroupings.FIELDS,
}
OWNERS = {"data": "Owner of the data", "definition": "Owner of the definition", "outcome": "Owner of the outcome"}


class SegmentSubject(PlainSubject):
    """What a change of the taxonomy answers; its content is taxonomy's, its impact membership's."""

    type = "segment"
    noun = "segment"
    kinds: Sequence[str] = tuple(MAY_PROPOSE)

    def live(self, key: str) -> Live | None:
        found = taxonomy.live_content(key)
        return Live(found.version_number, dict(found.content)) if found else None

    def full_content(self, kind: str, key: str, proposed: Content, live: Live | None) -> Content:
        check_key(key, "/subject/key")
        given = object_only(proposed)
        refuse_unknown(given, (*MAY_PROPOSE[kind], *(("version",) if kind in regroupings.KINDS else ())))
        if kind in regroupings.KINDS:
            return regroupings.full_content(kind, key, given)
        if kind == Kind.CREATE:
            return {"parent": None, "objective": None, **given}
        if live is None:
            raise Invalid(
                f"There is no live segment {key}. Propose a new one instead.", code="no_live", pointer="/subject/key"
            )
        if kind in segment_ends.KINDS:
            return {"successor": given.get("successor") or None}
        if kind == Kind.REVERT:
            return _content_of_version(key, given.get("version"), live.content)
        owners = {**live.content.get("owners", {}), **_owners(given)}
        return {**live.content, **given, "owners": owners, **_axioms(live.content, given)}

    def check(self, *, viewer: Any, kind: str, key: str, content: Content) -> Examined:
        if kind in regroupings.KINDS:
            return regroupings.check(viewer, kind, key, content)
        if kind in segment_ends.KINDS:
            return Examined(content, segment_ends.checks_of(kind, key, content))
        live = self.live(key)
        try:
            checked = taxonomy.checked_content(content, key=key, kind=kind)
            if live is None or live.content["rule"] != checked.content["rule"]:
                # A new rule may read only what its author may see; a live one may be renamed or moved by anybody.
                taxonomy.parse_for(viewer, content["rule"], content.get("parent"))
        except Invalid as refused:
            raise below_proposed(refused) from refused
        if live is not None and not (kind == Kind.REVERT and segment_ends.is_deprecated(key)):
            refuse_nothing_changed(live.content, checked.content)
        checks = [
            Check("Rule", CheckStatus.PASS, f"Every attribute exists and every value fits: {checked.words}"),
            *warnings_as_checks(
                "Place in the taxonomy",
                [item for item in checked.warnings if item["code"] not in segment_evidence.COVERED],
                "Nothing speaks against it.",
            ),
            _objective_check(checked.content),
            *segment_proofs.checks_of(
                viewer=viewer, kind=kind, key=key, content=checked.content, checked=checked, live=live
            ),
            *segment_meaning.checks_of(
                viewer=viewer, kind=kind, key=key, content=checked.content, checked=checked, live=live
            ),
            *segment_evidence.checks_of(
                viewer=viewer, kind=kind, key=key, content=checked.content, checked=checked, live=live
            ),
        ]
        return Examined(checked.content, checks)

    def difference(self, kind: str, key: str, old: Content | None, new: Content) -> list[Difference]:
        if kind in regroupings.KINDS:
            return regrouping_differences(kind, key, new, self)
        if kind in segment_ends.KINDS:
            return segment_ends.difference(kind, new)
        before = old or {}
        found: list[Difference] = []
        for field, label in (("name", "Name"), ("meaning", "Meaning")):
            found += field_difference(field, label, before.get(field), new.get(field))
        found += field_difference("pilot", "Stage", _stage(old, new), _stage(new, old))
        found += field_difference("tier", "Tier", _tier(before.get("tier")), _tier(new.get("tier")))
        found += field_difference("parent", "Stands below", _place(old), _place(new))
        found += _rule_difference(before.get("rule", ""), new.get("rule", ""))
        found += threshold_difference(before.get("thresholds") or [], new.get("thresholds") or [])
        found += field_difference(
            "axioms",
            "What it demands of its children",
            axioms_in_words(before.get("axioms")),
            axioms_in_words(new.get("axioms")),
        )
        found += field_difference("objective", "Objective", _objective(before), _objective(new))
        for role, label in OWNERS.items():
            found += field_difference(f"owners.{role}", label, _owner(before, role), _owner(new, role))
        return found

    def effect(self, *, kind: str, key: str, content: Content) -> Effect:
        if kind in regroupings.KINDS:
            return regroupings.effect(kind, key, content)
        if kind == Kind.DEPRECATE:
            return readers_effect(key, "successor")
        return effect_of(kind=kind, key=key, content=content, live=self.live(key))

    def grounds(self, kind: str, key: str, content: Content) -> dict[str, Any]:
        if kind in regroupings.KINDS:
            return regroupings.grounds(kind, key, content)
        if kind == Kind.RENAME:
            return {}
        if kind in segment_ends.KINDS:
            successor = content.get("successor")
            return grounds_of_segments([successor]) if successor else {}
        return grounds_of_rule(content["rule"], content.get("parent"))

    def path(self, kind: str, key: str, content: Content) -> list[str]:
        if kind in regroupings.KINDS:
            return regroupings.path(kind, key, content)
        parent = content.get("parent")
        target = [*_known_path(parent), key] if isinstance(parent, str) and parent else [key]
        if kind in (Kind.CREATE, *segment_ends.KINDS):
            return target if kind == Kind.CREATE else _known_path(key)
        here = _known_path(key)
        if kind == Kind.RENAME or target == here:
            return here
        # A move concerns both branches: only what stands above both may decide it.
        shared = [old for old, new in zip(here[:-1], target[:-1], strict=False) if old == new]
        return here if here[:-1] == target[:-1] else shared

    def title(self, kind: str, key: str, content: Content) -> str:
        if kind in regroupings.KINDS:
            return regroupings.title(kind, key, content)
        name = str(content.get("name") or key)
        return {
            Kind.CREATE: f"New segment: {name}",
            Kind.RENAME: f"Rename {key} to {name}",
            Kind.MOVE: f"Move {name} below {content.get('parent') or 'the root'}",
            Kind.REVERT: f"Take {name} back to an earlier version",
            Kind.RETIRE: f"Retire {key}",
            Kind.DEPRECATE: f"Deprecate {key} in favour of {content.get('successor')}",
        }.get(Kind(kind), _title_of_change(key, name, content))[:200]

    def url(self, key: str) -> str:
        return reverse("taxonomy:segment", args=[key])

    def apply(self, *, actor: Actor, order: Order) -> int:
        if order.kind in regroupings.KINDS:
            return regroupings.apply(actor, order)
        if order.kind in segment_ends.KINDS:
            end = retire_segment if order.kind == Kind.RETIRE else deprecate_segment
            end(
                actor=actor,
                segment_key=order.key,
                base_version=order.base_version,
                successor_key=order.content.get("successor"),
                rationale=order.rationale,
                request_ref=order.reference,
            )
            return order.base_version or 0
        enacted = enact_version(
            actor=actor,
            kind=order.kind,
            segment_key=order.key,
            content=order.content,
            rationale=order.rationale,
            expected_outcome=order.expected,
            base_version=order.base_version,
            request_ref=order.reference,
        )
        return enacted.number


def _title_of_change(key: str, name: str, content: Content) -> str:
    return f"Take {name} into full use" if taxonomy.is_pilot(key) and not content.get("pilot") else f"Change {name}"


def _owners(given: Content) -> dict[str, Any]:
    owners = given.get("owners", {})
    if not isinstance(owners, dict):
        raise Invalid("Owners are an object: data, definition, outcome.", code="wrong_type", pointer="/proposed/owners")
    return owners


def _axioms(old: Content, given: Content) -> dict[str, Any]:
    """What is demanded of the children: what the proposal leaves out stays demanded, or not demanded."""
    stated = given.get("axioms")
    return {"axioms": {**(old.get("axioms") or {}), **stated}} if isinstance(stated, Mapping) else {}


def _content_of_version(key: str, number: Any, live: Content) -> Content:
    """The content of the version; what is in full use stays so."""
    if isinstance(number, bool) or not isinstance(number, int):
        raise Invalid("Name the version to go back to.", code="required", pointer="/proposed/version")
    try:
        content = dict(taxonomy.content_of(taxonomy.version(key, number)))
    except DomainError as refused:
        raise Invalid(refused.detail, code="unknown_version", pointer="/proposed/version") from refused
    return {**content, "pilot": live.get("pilot")} if "pilot" in content or "pilot" in live else content


def _known_path(key: str) -> list[str]:
    try:
        return list(taxonomy.path_of(key))
    except DomainError:
        return []


def _stage(content: Content | None, other: Content | None) -> str:
    """How far it is in use, in words; nothing where neither side is a pilot."""
    if content is None or not (content.get("pilot") or (other or {}).get("pilot")):
        return ""
    given = content.get("pilot")
    return Pilot(given).label if given in Pilot.values else "In full use"


def _tier(value: Any) -> str:
    return Tier(value).label if value in Tier.values else str(value or "")


def _place(content: Content | None) -> str:
    """Where it stands, in words; nothing for a content that is not there."""
    if content is None:
        return ""
    parent = content.get("parent")
    live = taxonomy.live_content(parent) if parent else None
    return f"{live.content['name']} ({parent})" if live else str(parent or "nothing: it is a root")


def _objective(content: Content) -> str:
    key = content.get("objective")
    return str(taxonomy.objective_names().get(key, key)) if key else ""


def _owner(content: Content, role: str) -> str:
    username = str((content.get("owners") or {}).get(role) or "")
    try:
        return str(user_by_username(username)) if username else ""
    except DomainError:
        return username


def _rule_words(text: str) -> str:
    try:
        catalogue = taxonomy.rule_catalogue()
        return to_words(parse(text, catalogue), catalogue) if text else ""
    except RuleError:
        return text


def _rule_difference(old: str, new: str) -> list[Difference]:
    if old == new:
        return []
    kind = "changed" if old else "added"
    return [Difference("rule", "Rule", kind, _rule_words(old), _rule_words(new), "rule", old, new)]


def _objective_check(content: Content) -> Check:
    if content.get("objective"):
        return Check("Objective", CheckStatus.PASS, f"It serves the objective {content['objective']}.")
    return Check(
        "Objective",
        CheckStatus.WARN,
        "No business objective is named.",
        "Choose the objective that this segment serves, so that its success can be measured.",
    )
