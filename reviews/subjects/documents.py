"""Playbooks and briefs under review: documents that belong to a segment."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.urls import reverse

from common.actors import Actor
from common.errors import DomainError, Invalid
from common.keys import check_key
from reviews.choices import CheckStatus, Kind
from reviews.subjects.base import Check, Content, Difference, Effect, Examined, Live, Order, PlainSubject
from reviews.subjects.document_ends import difference_of_end, ending_content, successor_check
from reviews.subjects.effects import readers_effect
from reviews.subjects.wording import (
    below_proposed,
    differences,
    object_only,
    refuse_nothing_changed,
    refuse_unknown,
    warnings_as_checks,
)
from taxonomy import selectors as taxonomy
from taxonomy.selectors.grounds import ground_of_words


class DocumentSubject(PlainSubject):
    """A document of a segment; the playbook and the brief say which selectors and which enactment are theirs."""

    type: str
    noun: str
    page: str
    labels: ClassVar[dict[str, str]]
    kinds: Sequence[str] = (Kind.CREATE, Kind.CHANGE, Kind.RETIRE)

    def __init__(
        self,
        *,
        live_content: Callable[[str], Any],
        checked_content: Callable[..., Any],
        enact: Callable[..., Any],
        retire: Callable[..., Any],
        readers: Callable[[str], str],
    ) -> None:
        self._live_content = live_content
        self._checked_content = checked_content
        self._enact = enact
        self._retire = retire
        self._readers = readers

    def live(self, key: str) -> Live | None:
        found = self._live_content(key)
        return Live(found.version_number, dict(found.content)) if found else None

    def full_content(self, kind: str, key: str, proposed: Content, live: Live | None) -> Content:
        check_key(key, "/subject/key")
        given = object_only(proposed)
        refuse_unknown(given, ("successor",) if kind == Kind.RETIRE else tuple(self.labels))
        if kind == Kind.CREATE:
            return given
        if live is None:
            raise Invalid(
                f"There is no live {self.noun} of {key}. Propose a new one instead.",
                code="no_live",
                pointer="/subject/key",
            )
        return ending_content(given) if kind == Kind.RETIRE else {**live.content, **given}

    def check(self, *, viewer: Any, kind: str, key: str, content: Content) -> Examined:
        if kind == Kind.RETIRE:
            heir = successor_check(self.noun, key, content.get("successor"), self._live_content)
            return Examined(content, [heir, self._readers_check(key)])
        if taxonomy.live_content(key) is None:
            raise Invalid(
                f"There is no live segment {key}, so it can have no {self.noun}.",
                code="unknown_segment",
                pointer="/subject/key",
            )
        try:
            checked = self._checked_content(content, segment_key=key, kind=kind)
        except Invalid as refused:
            raise below_proposed(refused) from refused
        live = self.live(key)
        refuse_nothing_changed(live.content if live else None, checked.content)
        checks = [
            Check("Sections", CheckStatus.PASS, "Every section has the right form."),
            *warnings_as_checks("Completeness", checked.warnings, "Nothing is missing."),
        ]
        return Examined(checked.content, checks)

    def difference(self, kind: str, key: str, old: Content | None, new: Content) -> list[Difference]:
        if kind == Kind.RETIRE:
            return difference_of_end(new)
        return differences(self.labels, old, new)

    def effect(self, *, kind: str, key: str, content: Content) -> Effect:
        return readers_effect(key, self.noun)

    def grounds(self, kind: str, key: str, content: Content) -> dict[str, Any]:
        return {} if kind == Kind.RETIRE else ground_of_words(key)

    def path(self, kind: str, key: str, content: Content) -> list[str]:
        try:
            return list(taxonomy.path_of(key))
        except DomainError:
            return []

    def title(self, kind: str, key: str, content: Content) -> str:
        live = taxonomy.live_content(key)
        name = live.content["name"] if live else key
        if kind == Kind.RETIRE:
            return f"Retire the {self.noun} of {name}"[:200]
        return f"{'New' if kind == Kind.CREATE else 'Change'} {self.noun} of {name}"[:200]

    def url(self, key: str) -> str:
        return reverse(self.page, args=[key])

    def apply(self, *, actor: Actor, order: Order) -> int:
        if order.kind == Kind.RETIRE:
            self._retire(
                actor=actor,
                segment_key=order.key,
                base_version=order.base_version,
                successor_key=order.content.get("successor"),
                request_ref=order.reference,
            )
            return order.base_version or 0
        version = self._enact(
            actor=actor,
            kind=order.kind,
            segment_key=order.key,
            content=order.content,
            rationale=order.rationale,
            base_version=order.base_version,
            request_ref=order.reference,
        )
        return int(version.number)

    def _readers_check(self, key: str) -> Check:
        said = f"{self._readers(key)} What they read and completed stays on record; nobody is led to it any more."
        return Check("Who reads it", CheckStatus.PASS, said)
