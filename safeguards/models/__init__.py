"""The table of freezes."""

from safeguards.models.freeze import Freeze

__all__ = ["Freeze"]
