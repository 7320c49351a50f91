"""Conduct: what we do for a segment."""

from django.apps import AppConfig


class PlaybooksConfig(AppConfig):
    name = "playbooks"
