"""Decisions of safeguards that write."""
