"""Decisions of notifications that write."""
