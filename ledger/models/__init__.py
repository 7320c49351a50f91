"""Tables of the ledger."""

from ledger.models.entry import Entry
from ledger.models.handoff import Handoff
from ledger.models.head import ChainCheck, Head, HeadDelivery
from ledger.models.reading import Lookup, Reading

__all__ = ["ChainCheck", "Entry", "Handoff", "Head", "HeadDelivery", "Lookup", "Reading"]
