"""Decisions of the ledger that write."""

from ledger.services.attempts import record_refusal
from ledger.services.checking import check_chain
from ledger.services.consuming import consume
from ledger.services.dispatching import retry_handoff, sweep
from ledger.services.heads import deliver_heads, publish_head, retry_delivery
from ledger.services.reading import count_lookup, record_reading, seal_readings
from ledger.services.recording import announce

__all__ = [
    "announce",
    "check_chain",
    "consume",
    "count_lookup",
    "deliver_heads",
    "publish_head",
    "record_reading",
    "record_refusal",
    "retry_delivery",
    "retry_handoff",
    "seal_readings",
    "sweep",
]
