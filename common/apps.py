"""Mortar between the apps: no models, no domain words."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "common"
