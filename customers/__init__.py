"""The data storey: attribute catalogue, sources, imports, customers and profile builds."""
