"""What frozen sources stop: files, rows that programs send in their name, events that wait."""

from customers.errors import SourceFrozen
from safeguards.choices import Scope
from safeguards.services import heed


def frozen_sources() -> list[str]:
    """The keys of the frozen sources, which stay so until the end of the open transaction. Before the gate of
    customers."""
    return sorted(heed(Scope.SOURCE))


def require_flowing(source_key: str) -> None:
    """Within the open transaction: raises `SourceFrozen` unless data of the source may be stored until its end."""
    if source_key in heed(Scope.SOURCE):
        raise SourceFrozen(
            f"The source “{source_key}” is frozen, so nothing is taken from it. Its page says who froze it and why; "
            "once the freeze is lifted, do this again."
        )
