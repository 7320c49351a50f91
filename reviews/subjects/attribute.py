"""Attributes under review: changes of meaning of those that live rules read, and their retirement."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from common.actors import Actor
from common.errors import Invalid
from common.keys import check_key
from customers import selectors as customers
from customers.services.enactment import enact_attribute
from reviews.choices import CheckStatus, Kind
from reviews.subjects import attribute_end
from reviews.subjects.base import Check, Content, Difference, Effect, Examined, Live, Order, PlainSubject
from reviews.subjects.document_ends import ending_content
from reviews.subjects.effects import uses_effect
from reviews.subjects.wording import (
    below_proposed,
    differences,
    object_only,
    refuse_nothing_changed,
    refuse_unknown,
)
from taxonomy import selectors as taxonomy

LABELS = {
    "label": "Label",
    "description": "Description",
    "type": "Type",
    "dimension": "Dimension",
    "unit": "Unit",
    "choices": "Choices",
    "source": "Source",
    "steward": "Steward",
    "sensitivity": "Sensitivity",
    "purposes": "Purposes",
    "grain": "Grain",
    "quality_threshold": "Quality threshold",
    "minimum": "Lowest value",
    "maximum": "Highest value",
    "is_whole": "Whole numbers only",
    "is_always_known": "Known of every customer",
    "not_before": "Never before (or below)",
    "derivation": "How it is computed",
}


class AttributeSubject(PlainSubject):
    """What an attribute means; boards without branches decide about it."""

    type = "attribute"
    noun = "attribute"
    kinds: Sequence[str] = (Kind.CREATE, Kind.CHANGE, Kind.RETIRE)

    def live(self, key: str) -> Live | None:
        found = customers.live_content(key)
        return Live(found.version_number, dict(found.content)) if found else None

    def full_content(self, kind: str, key: str, proposed: Content, live: Live | None) -> Content:
        check_key(key, "/subject/key")
        given = object_only(proposed)
        refuse_unknown(given, ("successor",) if kind == Kind.RETIRE else tuple(LABELS))
        if kind == Kind.CREATE:
            return given
        if live is None:
            raise Invalid(f"There is no attribute {key} in use.", code="no_live", pointer="/subject/key")
        return ending_content(given) if kind == Kind.RETIRE else {**live.content, **given}

    def check(self, *, viewer: Any, kind: str, key: str, content: Content) -> Examined:
        if kind != Kind.CREATE and key not in customers.visible_attribute_keys(viewer):
            # As if it were not there: its definition is as little open as its values.
            raise Invalid(f"There is no attribute {key}.", code="no_live", pointer="/subject/key")
        if kind == Kind.RETIRE:
            return Examined(content, attribute_end.checks_of(viewer, key, content))
        try:
            written = customers.checked_content(content, key=key, kind=kind)
        except Invalid as refused:
            raise below_proposed(refused) from refused
        live = self.live(key)
        refuse_nothing_changed(live.content if live else None, written)
        names = _name_checks(key, written["label"])
        return Examined(written, [*names, _uses_check(key), *_fact_checks(viewer, key, live, written)])

    def difference(self, kind: str, key: str, old: Content | None, new: Content) -> list[Difference]:
        if kind == Kind.RETIRE:
            return attribute_end.difference(new)
        return differences(LABELS, _said(old) if old else None, _said(new))

    def effect(self, *, kind: str, key: str, content: Content) -> Effect:
        return uses_effect([{"title": use.title, "url": use.url} for use in taxonomy.attribute_uses(key)])

    def path(self, kind: str, key: str, content: Content) -> list[str]:
        return []

    def title(self, kind: str, key: str, content: Content) -> str:
        if kind == Kind.RETIRE:
            return f"Retire the attribute {key}"
        return f"{'New' if kind == Kind.CREATE else 'Change'} attribute {content.get('label') or key}"[:200]

    def url(self, key: str) -> str:
        return reverse("customers:attribute", args=[key])

    def apply(self, *, actor: Actor, order: Order) -> int:
        if order.kind == Kind.RETIRE:
            return attribute_end.apply(actor, order)
        attribute = enact_attribute(
            actor=actor,
            key=order.key,
            content=order.content,
            base_version=order.base_version,
            request_ref=order.reference,
        )
        return int(attribute.version)


def _uses_check(key: str) -> Check:
    uses = taxonomy.attribute_uses(key)
    if not uses:
        return Check("Rules that read it", CheckStatus.PASS, "No live rule reads it.")
    names = ", ".join(use.title for use in uses[:5])
    said = "1 live rule reads it" if len(uses) == 1 else f"{len(uses)} live rules read it"
    remedy = "Read each of them with the new meaning before you vote."
    return Check("Rules that read it", CheckStatus.WARN, f"{said}: {names}.", remedy)


def _said(content: Content) -> Content:
    """The content with facts that are not declared left out, so that "no" does not read like a change from nothing,
    and how it is computed as a sentence."""
    said = {name: value for name, value in content.items() if value is not False}
    return said | {"derivation": customers.derivation_sentence(content.get("derivation"))}


def _name_checks(key: str, label: str) -> list[Check]:
    """What is remarked about key and label; what refuses them has been said already."""
    found = [fault for faults in customers.name_faults(key, label) for fault in faults if fault.is_remark]
    return [Check("Name", CheckStatus.WARN, fault.detail, fault.suggestion) for fault in found]


def _fact_checks(viewer: Any, key: str, live: Live | None, content: Content) -> list[Check]:
    """What the customers of today say of the facts that the proposal declares anew."""
    old = live.content if live else {}
    return [
        _fact_check(line)
        for line in customers.proposed_fact_lines(key, content, viewer=viewer)
        if content.get(line.fact) != old.get(line.fact)
    ]


def _fact_check(line: customers.FactLine) -> Check:
    name = f"Declared: {line.words}"
    if line.state == "holds":
        return Check(name, CheckStatus.PASS, f"It holds for all {line.total:,} customers of build {line.build_number}.")
    if line.state == "uncounted":
        return Check(name, CheckStatus.PASS, "No build holds values yet; the first one that does counts who breaks it.")
    broken = "fewer than 5" if line.broken is None else f"{line.broken:,}"
    said = f"{broken} of {line.total:,} customers of build {line.build_number} break it; no proof will rest on it."
    return Check(name, CheckStatus.WARN, said, "Correct their values, or declare what really holds.")
