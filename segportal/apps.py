"""The wiring storey as a Django app: its commands and system checks."""

from django.apps import AppConfig


class SegportalConfig(AppConfig):
    name = "segportal"
    verbose_name = "Segportal"

    def ready(self) -> None:
        from segportal import checks  # noqa: F401  (registers the system checks)
