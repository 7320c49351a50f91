"""Facts: who is in which segment, since when, by which version."""

from django.apps import AppConfig


class MembershipsConfig(AppConfig):
    name = "memberships"
