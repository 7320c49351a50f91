"""Writing playbooks."""
