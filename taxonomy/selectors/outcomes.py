"""Stored answers of proofs as one viewer may read them; an answer that rests on something else by now is none."""

import dataclasses
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from customers.selectors import visible_attribute_keys
from taxonomy.choices import ProofBasis, ProofQuestion, ProofVerdict
from taxonomy.models import Proof
from taxonomy.rules import AttributeFacts
from taxonomy.rules.measures import reads_today
from taxonomy.selectors.answering import Name, Questions
from taxonomy.selectors.catalogue import rule_catalogue
from taxonomy.selectors.made_up import MadeUp, made_up
from taxonomy.selectors.proof_records import witness_from
from taxonomy.selectors.proving import Grounds

WAITING = "not_proved_yet"
_NOT_YET = "This has not been proved yet for the rules as they stand now."


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of one question: proved, refuted, undecided, or waiting while nobody has answered it yet.

    `reason` says why it is undecided or waiting. `witness` is a made-up customer that refutes it; without one, real
    customers do.
    """

    state: str
    reason: str = ""
    witness: MadeUp | None = None
    by_customers: bool = False
    findings: tuple[Mapping[str, Any], ...] = ()
    proved_at: datetime | None = None

    @property
    def is_proved(self) -> bool:
        """Whether it is certain. Nothing else is a pass."""
        return self.state == ProofVerdict.PROVED

    @property
    def is_refuted(self) -> bool:
        """Whether it is certainly not so."""
        return self.state == ProofVerdict.REFUTED

    @property
    def is_open(self) -> bool:
        """Whether nobody knows."""
        return not self.is_proved and not self.is_refuted


NOT_YET = Outcome(WAITING, _NOT_YET)


@dataclasses.dataclass(frozen=True)
class Sight:
    """Through whose eyes witnesses are read: today's labels, the attributes that the viewer may see, and the segments
    whose rules depend on the day."""

    catalogue: Mapping[str, AttributeFacts]
    visible: Collection[str]
    dated: frozenset[str] = frozenset()


def sight_of(viewer: Any, ground: Grounds) -> Sight:
    """The viewer's sight of proofs on these grounds."""
    dated = frozenset(key for key, row in ground.active.items() if reads_today(row.rule))
    return Sight(rule_catalogue(), visible_attribute_keys(viewer), dated)


def outcomes_of(asked: Questions, sight: Sight, about: Collection[str] | None = None) -> dict[Name, Outcome]:
    """What came of each question, or of those about these segments (or one of them); one query."""
    rows = Proof.objects.select_related("first", "second").exclude(question=ProofQuestion.EQUAL)
    if about is not None:
        rows = rows.filter(Q(first__key__in=about) | Q(second__key__in=about))
    stored = {(row.question, row.first.key, row.second.key if row.second else ""): row for row in rows}
    return {
        name: outcome_of(stored.get(name), digest, sight, {*name[1:], *asked.families.get(name[1], ())})
        for name, digest in asked.digests.items()
        if about is None or name[1] in about or name[2] in about
    }


def outcome_of(row: Proof | None, digest: str, sight: Sight, about: Collection[str]) -> Outcome:
    """What a stored answer about these segments says, if it still rests on what stands now."""
    if row is None or row.digest != digest:
        return NOT_YET
    witness = None
    if row.witness:
        found = witness_from(row.witness)
        is_dated = not sight.dated.isdisjoint(about)
        witness = made_up(found, sight.catalogue, sight.visible, reads_today=is_dated)
    return Outcome(
        state=row.verdict,
        reason=row.reason if row.verdict == ProofVerdict.UNDECIDED else "",
        witness=witness,
        by_customers=row.basis == ProofBasis.CUSTOMERS,
        findings=tuple(row.findings),
        proved_at=row.proved_at,
    )
