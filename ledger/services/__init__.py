"""Recording facts and handing them on."""

from ledger.services.consuming import consume
from ledger.services.dispatching import retry_handoff, sweep
from ledger.services.recording import announce

__all__ = ["announce", "consume", "retry_handoff", "sweep"]
