"""Decisions of the delivery that write."""

from activation.services.announcing import announce_movements, announce_version
from activation.services.noting import acknowledge_notice, see_notice
from activation.services.sending import send_due_steps

__all__ = ["acknowledge_notice", "announce_movements", "announce_version", "see_notice", "send_due_steps"]
