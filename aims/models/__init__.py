"""The tables of aims."""
