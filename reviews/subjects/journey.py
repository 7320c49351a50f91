"""Customer journeys under review: create, change, go back, retire with a successor."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from aims import selectors as aims
from aims.choices import Channel
from aims.services.enactment import enact_journey, retire_journey
from common.actors import Actor
from common.errors import Invalid
from common.keys import check_key
from reviews.choices import CheckStatus, Kind
from reviews.subjects.base import Check, Content, Difference, Effect, Examined, Live, Order, PlainSubject
from reviews.subjects.effects import uses_effect
from reviews.subjects.wording import below_proposed, differences, object_only, refuse_nothing_changed, refuse_unknown

FIELDS = ("name", "description", "stages", "moments")
LABELS = {"name": "Name", "description": "Description", "stages": "Stages", "moments": "Moments of truth"}
MAY_PROPOSE: dict[str, tuple[str, ...]] = {
    Kind.CREATE: FIELDS,
    Kind.CHANGE: FIELDS,
    Kind.REVERT: ("version",),
    Kind.RETIRE: ("successor",),
}


class JourneySubject(PlainSubject):
    """How customers live through the company; boards without branches decide about it."""

    type = "journey"
    noun = "journey"
    kinds: Sequence[str] = tuple(MAY_PROPOSE)

    def live(self, key: str) -> Live | None:
        found = aims.live_journey(key)
        return Live(found.version_number, dict(found.content)) if found else None

    def full_content(self, kind: str, key: str, proposed: Content, live: Live | None) -> Content:
        check_key(key, "/subject/key")
        given = object_only(proposed)
        refuse_unknown(given, MAY_PROPOSE[kind])
        if kind == Kind.CREATE:
            return given
        if live is None:
            raise Invalid(f"There is no journey {key} in use.", code="no_live", pointer="/subject/key")
        if kind == Kind.RETIRE:
            return {"successor": given.get("successor") or None}
        if kind == Kind.REVERT:
            return _content_of_version(key, given.get("version"))
        return {**live.content, **given}

    def check(self, *, viewer: Any, kind: str, key: str, content: Content) -> Examined:
        if kind == Kind.RETIRE:
            return Examined(content, [_successor_check(key, content)])
        try:
            written = aims.checked_content(content)
        except Invalid as refused:
            raise below_proposed(refused) from refused
        live = self.live(key)
        refuse_nothing_changed(live.content if live else None, written)
        return Examined(written, [_stages_check(written), _moments_check(written), _channels_check(written)])

    def difference(self, kind: str, key: str, old: Content | None, new: Content) -> list[Difference]:
        if kind == Kind.RETIRE:
            named = f"succeeded by {new['successor']}" if new.get("successor") else "without a successor"
            return [Difference("status", "Status", "changed", "in use", f"retired, {named}")]
        return differences(LABELS, _said(old) if old else None, _said(new))

    def effect(self, *, kind: str, key: str, content: Content) -> Effect:
        named = [] if kind == Kind.RETIRE else content.get("moments") or []
        keys = sorted({segment for moment in named for segment in moment["segments"]})
        return uses_effect([{"title": each, "url": reverse("taxonomy:segment", args=[each])} for each in keys])

    def path(self, kind: str, key: str, content: Content) -> list[str]:
        return []

    def title(self, kind: str, key: str, content: Content) -> str:
        name = content.get("name") or key
        return {
            Kind.CREATE: f"New journey: {name}",
            Kind.REVERT: f"Take the journey {name} back to an earlier version",
            Kind.RETIRE: f"Retire the journey {key}",
        }.get(Kind(kind), f"Change the journey {name}")[:200]

    def url(self, key: str) -> str:
        return reverse("aims:journey", args=[key])

    def apply(self, *, actor: Actor, order: Order) -> int:
        if order.kind == Kind.RETIRE:
            retire_journey(
                actor=actor,
                key=order.key,
                base_version=order.base_version,
                successor_key=order.content.get("successor"),
                request_ref=order.reference,
            )
            return order.base_version or 0
        version = enact_journey(
            actor=actor,
            kind=order.kind,
            key=order.key,
            content=order.content,
            rationale=order.rationale,
            base_version=order.base_version,
            request_ref=order.reference,
        )
        return int(version.number)


def _content_of_version(key: str, number: Any) -> Content:
    if isinstance(number, bool) or not isinstance(number, int):
        raise Invalid("Name the version to go back to.", code="required", pointer="/proposed/version")
    try:
        return aims.journey_content_at(key, number)
    except Invalid as refused:
        raise below_proposed(refused) from refused


def _said(content: Content) -> Content:
    """The content in words: a line per stage and per moment."""
    stages = [
        f"{place}. {stage['name']}{_at(stage['channels'])}{': ' + stage['goal'] if stage['goal'] else ''}"
        for place, stage in enumerate(content.get("stages") or [], start=1)
    ]
    names = {stage["key"]: stage["name"] for stage in content.get("stages") or []}
    moments = [
        f"{names.get(row['stage'], row['stage'])}: {row['name']}{_at(row['channels'])}. {row['decides']}"
        f"{' Serves: ' + ', '.join(row['segments']) if row['segments'] else ''}"
        for row in content.get("moments") or []
    ]
    return {**content, "stages": stages, "moments": moments}


def _at(channels: list[str]) -> str:
    names = [Channel(each).label for each in channels if each in Channel.values]
    return f" ({', '.join(names)})" if names else ""


def _stages_check(content: Content) -> Check:
    names = [stage["name"] for stage in content["stages"]]
    if len(names) == 1:
        return Check("Stages", CheckStatus.WARN, "It has one stage only.", "Say what comes before and after.")
    return Check("Stages", CheckStatus.PASS, f"In order: {', '.join(names)}.")


def _moments_check(content: Content) -> Check:
    if not content["moments"]:
        remedy = "Say where customers decide for or against us; segments are designed around those points."
        return Check("Moments of truth", CheckStatus.WARN, "It names no moment of truth.", remedy)
    lonely = [moment["name"] for moment in content["moments"] if not moment["segments"]]
    if lonely:
        said = f"No segment serves {', '.join(lonely[:4])}."
        return Check(
            "Moments of truth", CheckStatus.WARN, said, "Link the segments that are treated differently there."
        )
    return Check("Moments of truth", CheckStatus.PASS, "Each has segments that serve it.")


def _channels_check(content: Content) -> Check:
    without = [stage["name"] for stage in content["stages"] if not stage["channels"]]
    if without:
        said = f"No channel is named for {', '.join(without[:4])}."
        return Check("Channels", CheckStatus.WARN, said, "Name where customers meet us in each stage.")
    return Check("Channels", CheckStatus.PASS, "Every stage names its channels.")


def _successor_check(key: str, content: Content) -> Check:
    successor = content.get("successor")
    if successor is None:
        return Check(
            "Successor", CheckStatus.WARN, "No successor is named.", "Name the journey to use instead, if any."
        )
    if successor == key or aims.live_journey(successor) is None:
        raise Invalid(
            f"“{successor}” cannot succeed: it is not another journey in use.",
            code="unknown_successor",
            pointer="/proposed/successor",
        )
    return Check("Successor", CheckStatus.PASS, f"{successor} takes its place.")
