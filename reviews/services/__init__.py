"""Decisions of consent that write; one call, one transaction."""
