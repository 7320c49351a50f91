"""States of a rule being written: the sketch, and the text where somebody edits the text."""

import contextlib
from dataclasses import dataclass
from typing import Any

from reviews.errors import DraftUnknown
from reviews.models import RuleDraft
from taxonomy.rules import AttributeFacts, Fault, Rule, RuleError, parse
from taxonomy.rules.building import Built, build, lined_text, text_of_sketch
from taxonomy.rules.history import History, history_of
from taxonomy.rules.sketch import Sketch, from_json, to_json
from taxonomy.rules.sketching import sketch_of

ONE_LINE = 72
VIEWS = ("builder", "text", "words")
State = dict[str, Any]
Catalogue = dict[str, AttributeFacts]


@dataclass(frozen=True)
class Reading:
    """What a state says over a catalogue.

    `rule` is set when all of it is right, `partial` where a part of it is; `fault` is the first thing wrong in a text
    that somebody edits, `built` the sketch as it stands.
    """

    sketch: Sketch
    built: Built
    text: str
    rule: Rule | None
    partial: Rule | None
    fault: Fault | None = None
    is_typed: bool = False

    @property
    def lined(self) -> str:
        """The text as somebody edits it: what was typed, or the rule with a line for each part where it is long."""
        if self.is_typed or self.rule is None or len(self.text) <= ONE_LINE:
            return self.text
        return lined_text(self.rule)


def state_of(sketch: Sketch, text: str | None = None) -> State:
    """The state to store."""
    return {"sketch": to_json(sketch), "text": text}


def state_of_text(text: str, catalogue: Catalogue, before: Sketch | None = None) -> State:
    """The state after a text was typed: its sketch where it can be read, else the one before."""
    sketch = before or Sketch()
    if text.strip():
        with contextlib.suppress(RuleError):
            sketch = sketch_of(parse(text, catalogue))
    return state_of(sketch, text)


def reading_of(state: State, catalogue: Catalogue) -> Reading:
    """What the state says. A typed text counts before the sketch."""
    sketch = from_json(state["sketch"])
    built = build(sketch, catalogue)
    typed = state["text"]
    if typed is None:
        text = text_of_sketch(sketch, built)
        return Reading(sketch, built, text, built.rule, built.partial)
    try:
        rule = parse(typed, catalogue) if typed.strip() else None
    except RuleError as refused:
        return Reading(sketch, built, typed, None, None, refused.errors[0], is_typed=True)
    return Reading(sketch, built, typed, rule, rule, is_typed=True)


def draft_for(*, viewer: Any, draft_id: int) -> RuleDraft:
    """The viewer's own draft; anybody else's reads like one that is not there."""
    found = RuleDraft.objects.filter(author_id=viewer.pk, pk=draft_id).first()
    if found is None:
        raise DraftUnknown("There is no such draft of a rule. It may have been sent already; open the form again.")
    return found


def history_in(draft: RuleDraft) -> History:
    """The steps of a draft."""
    return history_of(draft.steps, draft.at)
