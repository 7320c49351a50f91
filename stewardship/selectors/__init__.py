"""Reading stewardship."""
