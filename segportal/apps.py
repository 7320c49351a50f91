"""The wiring storey as a Django app: its commands and system checks."""

from django.apps import AppConfig


class SegportalConfig(AppConfig):
    name = "segportal"
    verbose_name = "Segportal"

    def ready(self) -> None:
        # Imported for what they register: the ways to authenticate in the OpenAPI document, and the system checks.
        from accounts.api import schema  # noqa: F401
        from segportal import checks  # noqa: F401
