"""Reading safeguards."""
