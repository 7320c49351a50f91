"""The app stewardship."""

from django.apps import AppConfig


class StewardshipConfig(AppConfig):
    """Keeping what stands: owners, refresh cycles, audits, escalations, rituals, joint planning, assessments."""

    name = "stewardship"
