"""Tables of memberships."""

from memberships.models.holdout import HoldOut
from memberships.models.lists import CustomerList, Export
from memberships.models.membership import Current, Delta, Snapshot
from memberships.models.pack import DeltaPack
from memberships.models.run import Run
from memberships.models.shadow import Shadow, ShadowDay
from memberships.models.shard import RunShard

__all__ = [
    "Current",
    "CustomerList",
    "Delta",
    "DeltaPack",
    "Export",
    "HoldOut",
    "Run",
    "RunShard",
    "Shadow",
    "ShadowDay",
    "Snapshot",
]
