"""The tables of stewardship."""
