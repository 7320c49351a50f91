"""Governed words under review: terms of the glossary, definitions of metrics, the ethics guideline."""

from collections.abc import Sequence
from typing import Any, Final

from django.urls import reverse

from common.actors import Actor
from common.errors import Invalid
from common.keys import check_key
from reviews.choices import CheckStatus, Kind
from reviews.subjects.base import Check, Content, Difference, Effect, Examined, Live, Order, PlainSubject
from reviews.subjects.wording import (
    below_proposed,
    differences,
    object_only,
    refuse_nothing_changed,
    refuse_unknown,
)
from taxonomy.content import FIELDS, LABELS, NEEDS_REASON
from taxonomy.selectors.definition_checks import CheckedMeaning, Likeness, checked_definition
from taxonomy.selectors.definitions import definition_content, live_definition
from taxonomy.selectors.word_uses import BEFORE_RETIRING, uses_of_word, what_stands_on
from taxonomy.services.definition_enactment import enact_definition, put_away_definition

_ENDS: Final = (Kind.RETIRE, Kind.DEPRECATE)


class DefinitionSubject(PlainSubject):
    """A governed word; boards without branches decide about it."""

    kinds: Sequence[str] = (Kind.CREATE, Kind.CHANGE, Kind.RENAME, Kind.REVERT, *_ENDS)

    def __init__(self, type: str, noun: str) -> None:
        self.type = type
        self.noun = noun

    def live(self, key: str) -> Live | None:
        found = live_definition(self.type, key)
        return Live(found.version, dict(found.content)) if found else None

    def full_content(self, kind: str, key: str, proposed: Content, live: Live | None) -> Content:
        check_key(key, "/subject/key")
        given = object_only(proposed)
        refuse_unknown(given, self._may_propose(kind))
        if kind == Kind.CREATE:
            return given
        if live is None:
            detail = f"There is no live {self.noun} {key}. Propose a new one instead."
            raise Invalid(detail, code="no_live", pointer="/subject/key")
        if kind in _ENDS:
            return {"successor": given.get("successor") or None}
        if kind == Kind.REVERT:
            return self._earlier(key, given.get("version"))
        return {**live.content, **given}

    def check(self, *, viewer: Any, kind: str, key: str, content: Content) -> Examined:
        if kind in _ENDS:
            return Examined(content, self._end_checks(kind, key, content))
        try:
            checked = checked_definition(content, kind=self.type, key=key, deed=str(kind))
        except Invalid as refused:
            raise below_proposed(refused) from refused
        live = self.live(key)
        refuse_nothing_changed(live.content if live else None, checked.content)
        return Examined(checked.content, [*_completeness(checked), *_likeness(checked), self._uses_check(key, kind)])

    def difference(self, kind: str, key: str, old: Content | None, new: Content) -> list[Difference]:
        if kind in _ENDS:
            state = "retired" if kind == Kind.RETIRE else "deprecated: texts that stand may keep it"
            named = f"succeeded by {new['successor']}" if new.get("successor") else "without a successor"
            return [Difference("status", "Status", "changed", "in use", f"{state}, {named}")]
        return differences(LABELS[self.type], _said(old) if old else None, _said(new))

    def effect(self, *, kind: str, key: str, content: Content) -> Effect:
        uses = [{"title": use.title, "url": use.url} for use in uses_of_word(self.type, key)]
        return Effect({"form": "words", "computed": True, "reason": "", "noun": self.noun, "uses": uses})

    def path(self, kind: str, key: str, content: Content) -> list[str]:
        return []

    def title(self, kind: str, key: str, content: Content) -> str:
        name = str(content.get("name") or key)
        return {
            Kind.CREATE: f"New {self.noun}: {name}",
            Kind.RENAME: f"Rename the {self.noun} {key} to {name}",
            Kind.REVERT: f"Take the {self.noun} {name} back to an earlier version",
            Kind.RETIRE: f"Retire the {self.noun} {key}",
            Kind.DEPRECATE: f"Deprecate the {self.noun} {key}",
        }.get(Kind(kind), f"Change the {self.noun} {name}")[:200]

    def url(self, key: str) -> str:
        return reverse(f"taxonomy:{self.type}", args=[key])

    def apply(self, *, actor: Actor, order: Order) -> int:
        if order.kind in _ENDS:
            put_away_definition(
                actor=actor,
                definition_type=self.type,
                key=order.key,
                base_version=order.base_version,
                successor_key=order.content.get("successor"),
                is_final=order.kind == Kind.RETIRE,
                request_ref=order.reference,
            )
            return order.base_version or 0
        version = enact_definition(
            actor=actor,
            kind=order.kind,
            definition_type=self.type,
            key=order.key,
            content=order.content,
            rationale=order.rationale,
            base_version=order.base_version,
            request_ref=order.reference,
        )
        return int(version.number)

    def _may_propose(self, kind: str) -> tuple[str, ...]:
        if kind in _ENDS:
            return ("successor",)
        if kind == Kind.REVERT:
            return ("version",)
        fields = FIELDS[self.type]
        if kind == Kind.RENAME:
            return tuple(name for name in ("name", "synonyms", "abbreviations", "avoid") if name in fields)
        # The guideline's text is called so; programs that write a definition mean it.
        return (*fields, "definition") if "definition" not in fields else fields

    def _earlier(self, key: str, number: Any) -> Content:
        if isinstance(number, bool) or not isinstance(number, int):
            raise Invalid("Name the version to go back to.", code="required", pointer="/proposed/version")
        return definition_content(self.type, key, number)

    def _uses_check(self, key: str, kind: str) -> Check:
        uses = uses_of_word(self.type, key) if kind != Kind.CREATE else []
        if not uses:
            return Check("Where it is used", CheckStatus.PASS, "Nothing that is in force uses it yet.")
        names = ", ".join(use.title for use in uses[:5])
        said = f"{'1 text uses' if len(uses) == 1 else f'{len(uses)} texts use'} it: {names}."
        return Check("Where it is used", CheckStatus.WARN, said, "Read each of them with the new meaning.")

    def _end_checks(self, kind: str, key: str, content: Content) -> list[Check]:
        successor = content.get("successor")
        heir = live_definition(self.type, successor) if isinstance(successor, str) else None
        if successor and (heir is None or successor == key or heir.status != "active"):
            detail = f"“{successor}” cannot succeed: it is not another {self.noun} in use."
            raise Invalid(detail, code="unknown_successor", pointer="/proposed/successor")
        if kind == Kind.DEPRECATE and getattr(live_definition(self.type, key), "status", "") == "deprecated":
            raise Invalid(f"{key} is deprecated already.", code="deprecated", pointer="/subject/key")
        standing = what_stands_on(self.type, key) if kind == Kind.RETIRE else []
        if standing:
            detail = f"{key} is in use: {'; '.join(standing)}. {BEFORE_RETIRING}"
            raise Invalid(detail, code="in_use", pointer="/subject/key")
        named = (
            Check("Successor", CheckStatus.PASS, f"Readers are sent to “{heir.name}”.")
            if heir
            else Check(
                "Successor", CheckStatus.WARN, "No successor is named.", f"Name the {self.noun} to use instead, if any."
            )
        )
        return [named, self._uses_check(key, kind)]


def _said(content: Content) -> Content:
    """The content as people read it: needs of a reason in words."""
    rows = content.get("questions")
    if not isinstance(rows, list):
        return content
    return {**content, "questions": [_question(row) for row in rows]}


def _question(row: Any) -> Any:
    if not isinstance(row, dict):
        return row
    need = str(row.get("needs_reason_when"))
    return f"{row.get('key')}: {row.get('text')} (a reason is needed {NEEDS_REASON.get(need, need)})"


def _completeness(checked: CheckedMeaning) -> list[Check]:
    found = [Check("Completeness", CheckStatus.WARN, str(item["detail"])) for item in checked.warnings]
    return found or [Check("Completeness", CheckStatus.PASS, "Nothing is missing.")]


def _likeness(checked: CheckedMeaning) -> list[Check]:
    """Each word that is easily taken for this one, with what it means beside what is proposed."""
    if not checked.alike:
        return [Check("Competing definitions", CheckStatus.PASS, "No other word is written or means nearly the same.")]
    return [_beside(checked.content, each) for each in checked.alike[:10]]


def _beside(content: Content, alike: Likeness) -> Check:
    theirs = f"“{alike.word.name}” ({alike.word.key}): {alike.word.summary}"
    said = f"{alike.reason}. There stands {theirs} Proposed is “{content['name']}”: {content['definition'][:280]}"
    remedy = f"Merge the two, or say how they differ; where two functions need both, join them to {alike.word.key}."
    return Check("Competing definitions", CheckStatus.WARN, said, remedy)
