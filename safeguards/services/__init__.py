"""Decisions about freezes; other apps import from here."""

from safeguards.services.freezing import freeze, lift, lift_ended
from safeguards.services.gate import heed

__all__ = ["freeze", "heed", "lift", "lift_ended"]
