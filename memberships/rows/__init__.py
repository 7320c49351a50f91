"""What stands in the rows of changes, as values."""
