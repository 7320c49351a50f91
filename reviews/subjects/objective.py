"""Objectives under review: create, change, go back, retire with a successor."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from accounts.choices import Function
from common.actors import Actor
from common.errors import DomainError, Invalid
from common.keys import check_key
from reviews.choices import CheckStatus, Kind
from reviews.subjects.base import Check, Content, Difference, Effect, Examined, Live, Order, PlainSubject
from reviews.subjects.effects import uses_effect
from reviews.subjects.wording import below_proposed, differences, object_only, refuse_nothing_changed, refuse_unknown
from taxonomy import selectors as taxonomy
from taxonomy.choices import MeasureKind, ObjectiveKind
from taxonomy.services.objective_enactment import enact_objective, retire_objective, successor_of

LABELS = {
    "name": "Name",
    "kind": "Business aim",
    "metric": "Metric",
    "unit": "Unit",
    "baseline": "Baseline",
    "basis": "How the baseline was found",
    "target": "Target",
    "target_on": "By when",
    "owner": "Owner",
    "signers": "Must sign",
    "measure": "How the actual is measured",
}
MAY_PROPOSE: dict[str, tuple[str, ...]] = {
    Kind.CREATE: taxonomy.OBJECTIVE_FIELDS,
    Kind.CHANGE: taxonomy.OBJECTIVE_FIELDS,
    Kind.REVERT: ("version",),
    Kind.RETIRE: ("successor",),
}


class ObjectiveSubject(PlainSubject):
    """What segments are for, in numbers; boards without branches decide about it."""

    type = "objective"
    noun = "objective"
    kinds: Sequence[str] = tuple(MAY_PROPOSE)

    def live(self, key: str) -> Live | None:
        found = taxonomy.live_objective(key)
        return Live(found.version_number, dict(found.content)) if found else None

    def full_content(self, kind: str, key: str, proposed: Content, live: Live | None) -> Content:
        check_key(key, "/subject/key")
        given = object_only(proposed)
        refuse_unknown(given, MAY_PROPOSE[kind])
        if kind == Kind.CREATE:
            return given
        if live is None:
            raise Invalid(f"There is no objective {key} in use.", code="no_live", pointer="/subject/key")
        if kind == Kind.RETIRE:
            return {"successor": given.get("successor") or None}
        if kind == Kind.REVERT:
            return _content_of_version(key, given.get("version"))
        return {**live.content, **given}

    def check(self, *, viewer: Any, kind: str, key: str, content: Content) -> Examined:
        try:
            if kind == Kind.RETIRE:
                return Examined(content, [_successor_check(key, content)])
            written = taxonomy.checked_objective(key, content)
        except Invalid as refused:
            raise below_proposed(refused) from refused
        live = self.live(key)
        refuse_nothing_changed(live.content if live else None, written)
        return Examined(written, [_success_check(written), _measure_check(written), _signature_check(written)])

    def difference(self, kind: str, key: str, old: Content | None, new: Content) -> list[Difference]:
        if kind == Kind.RETIRE:
            named = f"succeeded by {new['successor']}" if new.get("successor") else "without a successor"
            return [Difference("status", "Status", "changed", "in use", f"retired, {named}")]
        return differences(LABELS, _said(old) if old else None, _said(new))

    def effect(self, *, kind: str, key: str, content: Content) -> Effect:
        serving = taxonomy.versions_serving(key)
        return uses_effect(
            [
                {"title": version.name, "url": reverse("taxonomy:segment", args=[version.segment.key])}
                for version in serving
            ]
        )

    def path(self, kind: str, key: str, content: Content) -> list[str]:
        return []

    def title(self, kind: str, key: str, content: Content) -> str:
        name = content.get("name") or key
        return {
            Kind.CREATE: f"New objective: {name}",
            Kind.REVERT: f"Take the objective {name} back to an earlier version",
            Kind.RETIRE: f"Retire the objective {key}",
        }.get(Kind(kind), f"Change the objective {name}")[:200]

    def url(self, key: str) -> str:
        return reverse("taxonomy:objective", args=[key])

    def apply(self, *, actor: Actor, order: Order) -> int:
        if order.kind == Kind.RETIRE:
            retired = retire_objective(
                actor=actor,
                key=order.key,
                base_version=order.base_version,
                successor_key=order.content.get("successor"),
                request_ref=order.reference,
            )
            return int(retired.version)
        objective = enact_objective(
            actor=actor,
            kind=order.kind,
            key=order.key,
            content=order.content,
            base_version=order.base_version,
            request_ref=order.reference,
        )
        return int(objective.version)


def _content_of_version(key: str, number: Any) -> Content:
    if isinstance(number, bool) or not isinstance(number, int):
        raise Invalid("Name the version to go back to.", code="required", pointer="/proposed/version")
    try:
        return taxonomy.objective_content_at(key, number)
    except Invalid as refused:
        raise below_proposed(refused) from refused


def _said(content: Content) -> Content:
    """The content in words for people."""
    kind, measure = content.get("kind"), content.get("measure")
    signers = [Function(each).label for each in content.get("signers") or [] if each in Function.values]
    return {
        **content,
        "kind": ObjectiveKind(kind).label if kind in ObjectiveKind.values else kind,
        "signers": ", ".join(signers),
        "measure": _measure_words(measure) if isinstance(measure, dict) else "",
    }


def _measure_words(measure: Content) -> str:
    kind = measure.get("kind")
    words = MeasureKind(kind).label if kind in MeasureKind.values else str(kind)
    attribute = f": {measure['attribute']}" if measure.get("attribute") else ""
    where = f", always of {measure['segment']}" if measure.get("segment") else ""
    return f"{words}{attribute}{where}"


def _success_check(content: Content) -> Check:
    if content["baseline"] is None:
        remedy = "Measure where the metric stands today and say how, or nobody can tell how far it came."
        return Check("Success", CheckStatus.WARN, "It has a target but no baseline.", remedy)
    if content["baseline"] == content["target"]:
        return Check("Success", CheckStatus.WARN, "The target is where the metric stands today.", "Set another target.")
    unit = f" {content['unit']}" if content["unit"] else ""
    said = f"From {content['baseline']:,}{unit} to {content['target']:,}{unit} by {content['target_on']}."
    return Check("Success", CheckStatus.PASS, said)


def _measure_check(content: Content) -> Check:
    if content["measure"]:
        return Check("Actual", CheckStatus.PASS, f"Measured from data. {_measure_words(content['measure'])}.")
    return Check(
        "Actual",
        CheckStatus.WARN,
        f"It is not bound to data: {content['owner']} enters the actual by hand, with evidence.",
        "Bind it to the size, a share, or an attribute of the members, if one of them is the metric.",
    )


def _signature_check(content: Content) -> Check:
    names = ", ".join(Function(each).label for each in content["signers"])
    return Check(
        "Signatures",
        CheckStatus.WARN,
        f"Once in force it stands as “not agreed” until each of these has signed the new version: {names}.",
        "They are asked as soon as it takes effect.",
    )


def _successor_check(key: str, content: Content) -> Check:
    try:
        found = successor_of(key, content.get("successor"))
    except Invalid:
        raise
    except DomainError as refused:
        return Check("Successor", CheckStatus.FAIL, refused.detail, "Name a successor, or move those segments first.")
    if found is None:
        return Check("Successor", CheckStatus.PASS, "No segment serves it, and none takes its place.")
    return Check("Successor", CheckStatus.PASS, f"{found.name} takes its place.")
