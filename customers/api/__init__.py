"""The data storey for client programs."""
