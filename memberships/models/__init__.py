"""Tables of memberships."""

from memberships.models.holdout import HoldOut
from memberships.models.membership import Current, Delta, Snapshot
from memberships.models.run import Run

__all__ = ["Current", "Delta", "HoldOut", "Run", "Snapshot"]
