"""Refusals of the ledger."""

from common.errors import DomainError


class ChainBroken(DomainError):
    """The chain does not hold from the named entry on."""

    status = 500
    title = "The ledger's chain is broken"
    code = "chain_broken"


class NotDelivered(DomainError):
    """A place outside did not take a head of the chain."""

    status = 503
    title = "Not delivered"
    code = "not_delivered"
