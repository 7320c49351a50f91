"""The tables of safeguards."""
