"""Pure languages of memberships: expressions over segments."""
