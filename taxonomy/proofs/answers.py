"""What a proof answers: proved, refuted with a witness, or undecided with the reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

PROVER_VERSION = "2"


class Verdict(StrEnum):
    """Whether a claim is certain, certainly wrong, or neither could be shown. Undecided is never a pass."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Witness:
    """A customer who does not exist, but for whom the rules really answer as claimed.

    `attributes` holds only what the rules read; None is a missing value, sets are frozensets. `as_of` is what
    CURRENT_DATE is for it. `segments` answers IN_SEGMENT for segments whose rule was not given.
    """

    attributes: dict[str, Any]
    as_of: date
    segments: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one claim: a witness where it is refuted, a reason in plain English where it is undecided.

    A claim that real customers refute has no witness; its reason says so.
    """

    verdict: Verdict
    witness: Witness | None = None
    reason: str = ""

    @property
    def is_proved(self) -> bool:
        """Whether the claim is certain."""
        return self.verdict is Verdict.PROVED

    @property
    def is_refuted(self) -> bool:
        """Whether the claim is certainly wrong."""
        return self.verdict is Verdict.REFUTED

    @property
    def is_undecided(self) -> bool:
        """Whether neither could be shown."""
        return self.verdict is Verdict.UNDECIDED


PROVED = Answer(Verdict.PROVED)


def undecided(reason: str) -> Answer:
    """Neither shown nor refuted, and why."""
    return Answer(Verdict.UNDECIDED, reason=reason)


@dataclass(frozen=True, slots=True)
class Relation:
    """How rule a stands to rule b over all possible customers.

    `kind` is equal, narrower (a inside b), wider, disjoint or overlapping where the verdict is proved, otherwise None.
    `only_a`, `only_b` and `both` answer the claim "nobody is there": proved means that the region is empty, refuted
    that it is possible, with a witness.
    """

    verdict: Verdict
    kind: str | None
    only_a: Answer
    only_b: Answer
    both: Answer
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault of a rule that is proved: never_true, always_true, dead_clause or redundant_clause.

    `path` leads from the root of the rule's tree to the clause by positions among the children; `clause` is its text,
    `words` what is wrong in one sentence. The code `undecided` stands for a rule that could not be examined to its
    end, with the reason in `answer`.
    """

    code: str
    path: tuple[int, ...]
    clause: str
    answer: Answer
    words: str = ""
