"""Decisions that write customer data and its catalogue."""
