"""`manage.py up`: everything the portal needs, in the foreground, until Ctrl-C."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from segportal.embedded import EmbeddedServiceError
from segportal.launch.address import AddressProblem, address_from
from segportal.launch.children import end_with_parent
from segportal.launch.keeper import GaveUp
from segportal.launch.lock import RunsAlready
from segportal.launch.portal import Portal
from segportal.launch.steps import StepFailed
from segportal.settings.env import BASE_DIR, DATA_DIR

EXPECTED = (AddressProblem, EmbeddedServiceError, GaveUp, RunsAlready, StepFailed)


class Command(BaseCommand):
    """Starts database, broker, web, worker and schedule in order and stops them in reverse."""

    help = "Starts everything the portal needs and runs it in the foreground until Ctrl-C or SIGTERM."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if os.environ.get("UP_ENDS_WITH_PARENT"):
            end_with_parent()
        try:
            self._portal().run()
        except EXPECTED as problem:
            raise CommandError(str(problem)) from problem

    def _portal(self) -> Portal:
        named = [host for host in settings.ALLOWED_HOSTS if not host.startswith((".", "*"))]
        return Portal(
            data_dir=DATA_DIR,
            base_dir=BASE_DIR,
            static_root=settings.STATIC_ROOT,
            address=address_from(os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")),
            host_header=named[0] if named else "localhost",
            embedded_database=settings.EMBEDDED_DATABASE,
            embedded_broker=settings.EMBEDDED_BROKER,
            with_demo=os.environ.get("DEMO", "1") != "0",
        )
