"""Reading aims."""
