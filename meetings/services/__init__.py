"""Decisions of meetings that write."""
