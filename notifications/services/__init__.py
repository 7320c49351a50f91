"""Decisions of notifications that write."""

from notifications.services.telling import notify, tell_rooms

__all__ = ["notify", "tell_rooms"]
