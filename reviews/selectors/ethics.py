"""Whether the author has answered what the ethics guideline asks."""

from collections.abc import Mapping
from typing import Any

from reviews.choices import CheckStatus
from taxonomy.selectors.definitions import guideline

NAME = "Ethics guideline"


def open_questions(ethics: Mapping[str, Any] | None) -> list[str]:
    """The texts of questions that have no answer, or one that wants a reason and has none; none without a guideline."""
    asked = guideline()
    return [question["text"] for question in (asked.questions if asked else ()) if _is_open(question, ethics or {})]


def guideline_check(ethics: Mapping[str, Any] | None) -> list[dict[str, str]]:
    """The check of the answers, as it is stored; none while there is no guideline."""
    asked = guideline()
    if asked is None:
        return []
    left = open_questions(ethics)
    named = f"{asked.name}, version {asked.version}"
    if not left:
        return [_check(CheckStatus.PASS, f"Every question of {named}, is answered.")]
    told = f"{len(left)} of {len(asked.questions)} questions of {named}, wait for an answer: {' '.join(left[:3])}"
    return [_check(CheckStatus.WARN, told, "Answer them in the request, with a reason where one is asked for.")]


def _is_open(question: Mapping[str, str], ethics: Mapping[str, Any]) -> bool:
    given = ethics.get(question["key"]) or {}
    answer = str(given.get("answer") or "").strip().casefold()
    wants = question.get("needs_reason_when", "never")
    return not answer or (wants in ("always", answer) and not given.get("reason"))


def _check(status: CheckStatus, reason: str, remedy: str = "") -> dict[str, str]:
    return {"name": NAME, "status": status.value, "reason": reason, "remedy": remedy}
