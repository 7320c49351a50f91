"""Migrations of the data storey."""
