"""Decisions of aims that write."""
