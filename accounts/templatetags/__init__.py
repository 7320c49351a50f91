"""Template tags about people and what they may do."""
