"""Tables of the ledger."""

from ledger.models.entry import Entry
from ledger.models.handoff import Handoff

__all__ = ["Entry", "Handoff"]
