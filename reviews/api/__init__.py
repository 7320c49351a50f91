"""Reviews for client programs."""
