"""Tables of memberships."""

from memberships.models.membership import Current, Delta, Snapshot
from memberships.models.run import Run

__all__ = ["Current", "Delta", "Run", "Snapshot"]
