"""What else a change of a segment touches besides its members: content, training, sensitive data, and its proof."""

from typing import Any

from common.actors import SYSTEM
from common.errors import Invalid
from common.providers import providers
from reviews.choices import Kind
from reviews.subjects.base import Live
from taxonomy.rules import attributes_used
from taxonomy.selectors import ChangeClass, CheckedContent, comparison_of, rule_of_content
from taxonomy.selectors.catalogue import SENSITIVE, attribute_uses_of

_TRAINING = "Training"
_REQUEST = "Open request"
_PATIENCE_MS = 1_000


def of_change(kind: str, key: str, checked: CheckedContent, live: Live | None) -> dict[str, Any]:
    """The parts of the record that say what the change touches; the same content gives the same record."""
    read = attribute_uses_of(attributes_used(checked.effective_rule))
    return {
        **relation_of(checked, live),
        **({} if kind == Kind.CREATE else uses_of(key)),
        "sensitive": sorted(use.key for use in read if use.sensitivity in SENSITIVE),
    }


def relation_of(checked: CheckedContent, live: Live | None) -> dict[str, Any]:
    """How the proposed effective rule stands to the live one over all possible customers, and whether that is proved.

    No relation for a new segment, nor where it could not be decided.
    """
    if live is None:
        return {"relation": None, "is_proved": False}
    try:
        old = rule_of_content(live.content)
    except Invalid:
        return {"relation": None, "is_proved": False}
    found = comparison_of(old, checked.effective_rule, viewer=SYSTEM, budget_ms=_PATIENCE_MS)
    decided = found.change != ChangeClass.UNDECIDED
    return {"relation": found.change.value if decided else None, "is_proved": decided and found.is_proved}


def uses_of(key: str) -> dict[str, list[dict[str, str]]]:
    """Playbooks, briefs and walkthroughs that speak of the segment: those who follow them must be told."""
    found = [use for asked in providers("SEGMENT_USES") for use in asked(key) if use.kind != _REQUEST]
    told = [{"title": use.title, "url": use.url, "kind": use.kind} for use in found]
    return {
        "content": [use for use in told if use["kind"] != _TRAINING],
        "training": [use for use in told if use["kind"] == _TRAINING],
    }
