"""The app notifications."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Telling people: in the portal, by mail, as a digest, to Slack and Teams."""

    name = "notifications"
