"""`manage.py load_demo`: loads the demonstration company through the portal's services."""

import logging
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError
from demo.documents import company
from demo.households import ImportNotDone
from demo.loader import MembershipNotComputed, load_company, may_load
from demo.tables import DataNotInstalled
from segportal.settings.env import DATA_DIR

EXPECTED = (DataNotInstalled, ImportNotDone, MembershipNotComputed)


class Command(BaseCommand):
    """Goes on where an earlier load stopped; what stands already is left as it is."""

    help = "Loads the demonstration company: fictional people and texts over real, public data of 2,469 households."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where the portal holds anything but this company"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and not may_load(company()):
            self.stdout.write("This portal is in use already; the demonstration company was not loaded.")
            return
        try:
            with _quiet_log():
                load_company(data_dir=DATA_DIR, say=self._say)
        except DomainError as refused:
            raise CommandError(f"The demonstration company could not be loaded: {refused.detail}") from refused
        except EXPECTED as problem:
            raise CommandError(str(problem)) from problem

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


@contextmanager
def _quiet_log() -> Iterator[None]:
    """Only warnings: the log shares the terminal with the progress, and the ledger keeps what was done."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(max(level, logging.WARNING))
    try:
        yield
    finally:
        root.setLevel(level)
