"""The pages of the data storey."""
