"""Tables of the delivery."""

from activation.models.announcement import Announcement, Notice, Step

__all__ = ["Announcement", "Notice", "Step"]
