"""`manage.py check_invariants`: what must always be true, on the live database; exit 1 on a breach."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from common.providers import providers
from common.snapshots import one_state


class Command(BaseCommand):
    """Check the ledger's chain, versions in force, the sum of all membership changes, and every vote."""

    help = "Check what must always be true; exit 1 and name each breach."

    def handle(self, *args: Any, **options: Any) -> None:
        with one_state():
            breaches = [breach for provider in providers("INVARIANTS") for breach in provider()]
        for breach in breaches:
            self.stderr.write(breach)
        if breaches:
            sys.exit(1)
        self.stdout.write("Everything that must always be true is true.")
