"""The app aims."""

from django.apps import AppConfig


class AimsConfig(AppConfig):
    """What segments are for: journeys and moments of truth, priorities, efforts, releases."""

    name = "aims"
