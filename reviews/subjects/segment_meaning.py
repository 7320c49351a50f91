"""The check “What it changes”: the class of a rule's change with its proof, as the board signs it."""

from typing import Any

from common.actors import SYSTEM
from common.errors import Invalid
from reviews.choices import CheckStatus
from reviews.subjects.base import Check, Content, Live
from taxonomy.selectors import ChangeClass, CheckedContent, comparison_of, rule_of_content

NAME = "What it changes"
# What the board signs should not hang on how busy the machine was: five times what a page may take.
_PATIENCE_MS = 1_000
_REMEDIES = {
    ChangeClass.UNRELATED: "This is another group under the same name. Propose a new segment and retire this one, "
    "or say in the rationale why the name stays.",
    ChangeClass.UNDECIDED: "Undecided is not “no effect”: look at the customers of today under Impact, or say the "
    "rule in simpler clauses.",
}


def checks_of(
    *, viewer: Any, kind: str, key: str, content: Content, checked: CheckedContent, live: Live | None
) -> list[Check]:
    """The class and the changed clauses of the proposed effective rule against the live one; none for a new segment.

    It is proved over all possible customers, so that it does not depend on who is asked or on the customers of today.
    """
    if live is None:
        return []
    try:
        old = rule_of_content(live.content)
    except Invalid as refused:
        remedy = "Look at the customers of today under Impact; the proposed rule itself was checked."
        return [Check(NAME, CheckStatus.WARN, f"The live rule cannot be compared: {refused.detail}", remedy)]
    found = comparison_of(old, checked.effective_rule, viewer=SYSTEM, budget_ms=_PATIENCE_MS)
    reason = f"{found.sentence} {found.reason}".strip() if found.reason else found.sentence
    remedy = _REMEDIES.get(found.change, "")
    if found.is_proved:
        reason = f"{reason} Proved for all possible customers."
    return [Check(NAME, CheckStatus.WARN if remedy else CheckStatus.PASS, reason, remedy)]
