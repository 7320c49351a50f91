"""Tables of the boards' meetings."""

from meetings.models.item import Item
from meetings.models.meeting import Attendance, Meeting, Series

__all__ = ["Attendance", "Item", "Meeting", "Series"]
