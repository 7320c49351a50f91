"""Looks at the words of a proposal: jargon that the glossary lacks, and words that have a better one."""

from collections.abc import Mapping
from typing import Any

from reviews.choices import CheckStatus
from reviews.subjects.base import Check
from taxonomy.content import spellings_of
from taxonomy.selectors.word_faults import BetterWord, faults_of_words, prose_of

_NAMED = 8


def word_checks(subject_type: str, key: str, content: Mapping[str, Any]) -> list[Check]:
    """The check of the words that a proposal uses; none where it has no texts (a retirement, a board)."""
    prose = prose_of(subject_type, content)
    if not prose:
        return []
    defines = subject_type in ("term", "metric")
    own = [each.text for each in spellings_of(content)] if defines else []
    faults = faults_of_words(prose, own=own, about=f"{subject_type}:{key}" if defines else "")
    found = []
    if faults.unknown:
        named = ", ".join(f"“{word}”" for word in faults.unknown[:_NAMED])
        more = f" and {len(faults.unknown) - _NAMED} more" if len(faults.unknown) > _NAMED else ""
        remedy = "Write it out, or propose a term that has it as its abbreviation."
        found.append(Check("Words", CheckStatus.WARN, f"The glossary does not know {named}{more}.", remedy))
    if faults.better:
        reasons = "; ".join(each.reason for each in faults.better[:_NAMED])
        remedies = "; ".join(_better(each) for each in faults.better[:_NAMED])
        found.append(Check("Words", CheckStatus.WARN, f"{reasons}.", f"{remedies[0].upper()}{remedies[1:]}."))
    return found or [Check("Words", CheckStatus.PASS, "No jargon that the glossary lacks, and no word to avoid.")]


def _better(fault: BetterWord) -> str:
    return (
        f"instead of “{fault.said}” say “{fault.word.name}”" if fault.word else f"find another word than “{fault.said}”"
    )
