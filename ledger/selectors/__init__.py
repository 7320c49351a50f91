"""Reading the ledger."""

from ledger.selectors.chain import ChainProof, breaches, chain_proof, hash_at, last_check
from ledger.selectors.heads import deliveries_given_up, heads
from ledger.selectors.readings import readings_for
from ledger.selectors.trail import Line, dead_handoffs, entries_about, entries_for, lines, lines_named, pending_handoffs

__all__ = [
    "ChainProof",
    "Line",
    "breaches",
    "chain_proof",
    "dead_handoffs",
    "deliveries_given_up",
    "entries_about",
    "entries_for",
    "hash_at",
    "heads",
    "last_check",
    "lines",
    "lines_named",
    "pending_handoffs",
    "readings_for",
]
