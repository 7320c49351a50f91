"""Decisions of the taxonomy that write. The enactment is imported by its own name, and by `reviews.subjects` alone."""
