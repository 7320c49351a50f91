"""Proofs about rules over all possible customers: proved, refuted with a witness, or undecided. See docs/proofs.md."""

from taxonomy.proofs.answers import PROVER_VERSION, Answer, Finding, Relation, Verdict, Witness
from taxonomy.proofs.facts import facts_digest
from taxonomy.proofs.prover import Prover
from taxonomy.proofs.relations import Regions

__all__ = [
    "PROVER_VERSION",
    "Answer",
    "Finding",
    "Prover",
    "Regions",
    "Relation",
    "Verdict",
    "Witness",
    "facts_digest",
]
