"""An explanation as its page and its region show it."""

from typing import Any

from django.urls import reverse

from memberships.selectors import Clause, Explanation, Fact, Step, ToldMove
from taxonomy.rules.distances import amount_words, shown

_JOINERS = {"and": "All of these", "or": "Any of these", "not": "Not this"}
_TRUTHS = {True: "true", False: "false", None: "unknown"}


def why_context(found: Explanation) -> dict[str, Any]:
    """What the templates need beside the explanation itself."""
    turn = found.turn
    return {
        "tree": _node(found, found.clauses),
        "decisive": [_node(found, clause) for clause in found.decisive],
        "steps": [_step(found, step) for step in turn.steps] if turn else [],
        "moves": [_move(told) for told in found.told],
    }


def _node(found: Explanation, clause: Clause) -> dict[str, Any]:
    """One condition for the tree; `origin` where it comes from a segment above."""
    origin = clause.origin
    node: dict[str, Any] = {
        "truth": "" if clause.is_hidden else _TRUTHS[clause.result],
        "is_hidden": clause.is_hidden,
        "decides": clause.decides,
        "origin": origin if origin and origin.key != found.segment_key else None,
        "origin_href": _why(found, origin.key) if origin else "",
    }
    if clause.children:
        return node | {"joiner": _JOINERS[clause.kind], "children": [_node(found, child) for child in clause.children]}
    return node | {
        "words": clause.words[:1].upper() + clause.words[1:],
        "facts": [_fact(fact) for fact in clause.facts],
        "segment": clause.segment,
        "segment_href": _why(found, clause.segment) if clause.segment else "",
    }


def _fact(fact: Fact) -> dict[str, Any]:
    value = (
        "not shown to you" if fact.is_hidden else "no value" if fact.value is None else _valued(fact.value, fact.unit)
    )
    return {"said": f"{fact.label}: {value}", "fact": fact}


def _valued(value: Any, unit: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return amount_words(value, unit)
    return shown(value) or "none"


def _step(found: Explanation, step: Step) -> dict[str, Any]:
    """One value to change: what it is, and what it would have to be."""
    words = step.words[:1].upper() + step.words[1:]
    if step.segment:
        return {"words": words, "href": _why(found, step.segment), "detail": ""}
    before = "not known" if step.before is None else _valued(step.before, step.unit)
    after = "not known" if step.after is None else _valued(step.after, step.unit)
    example = ", for example" if step.is_example else ""
    return {"words": words, "href": "", "detail": f"{step.label}: {before} now, {after} would be enough{example}"}


def _move(told: ToldMove) -> dict[str, Any]:
    move = told.move
    is_new = move.previous_version_number not in (None, move.version_number)
    return {"move": move, "why": told.why, "version_note": "" if is_new else f"version {move.version_number}"}


def _why(found: Explanation, segment_key: str) -> str:
    return reverse("memberships:explanation", args=[found.external_id, segment_key])
