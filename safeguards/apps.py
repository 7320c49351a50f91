"""The app safeguards."""

from django.apps import AppConfig


class SafeguardsConfig(AppConfig):
    """Freezes: what stands still because a person stopped it."""

    name = "safeguards"
