"""Decisions of stewardship that write."""
