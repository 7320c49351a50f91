"""Arithmetic over counts and columns: no database, no engine."""
