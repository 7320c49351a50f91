"""Reflection: what became of the segments."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "insights"
