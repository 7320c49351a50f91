"""Reading upkeep; other apps import from here."""

from stewardship.selectors.panels import home_panels, search

__all__ = ["home_panels", "search"]
