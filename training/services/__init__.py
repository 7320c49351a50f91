"""Writing briefs and progress."""
