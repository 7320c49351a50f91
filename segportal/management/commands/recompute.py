"""`manage.py recompute`: asks for a run and, if told to wait, prints its manifest when it has ended."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.actors import SYSTEM
from common.errors import DomainError
from memberships.choices import RunState, Trigger
from memberships.models import Run
from memberships.services import request_run
from memberships.states import ENDED

POLL_SECONDS = 0.5


class Command(BaseCommand):
    help = "Requests a recompute of all segments, or of those named and what is built on them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--segment", action="append", default=[], metavar="KEY", help="only this one; repeatable")
        parser.add_argument("--wait", action="store_true", help="wait for a worker to end it and print its manifest")
        parser.add_argument("--timeout", type=float, default=600, metavar="SECONDS", help="how long to wait at most")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = request_run(
                actor=SYSTEM, trigger=Trigger.PERSON, segment_keys=options["segment"], reason="manage.py recompute"
            )
        except DomainError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"Run {run.pk} is {run.get_state_display().lower()}.")
        if options["wait"]:
            self._wait(run, options["timeout"])

    def _wait(self, run: Run, timeout: float) -> None:
        until = time.monotonic() + timeout
        while run.state not in ENDED:
            if time.monotonic() > until:
                raise CommandError(
                    f"Run {run.pk} is still {run.get_state_display().lower()} after {timeout:.0f} seconds. It goes on; "
                    "check that a worker is running and look at the page of runs."
                )
            time.sleep(POLL_SECONDS)
            run.refresh_from_db()
        self.stdout.write(json.dumps(run.manifest, indent=2))
        if run.state != RunState.SUCCEEDED:
            raise CommandError(f"Run {run.pk} {run.get_state_display().lower()}. {run.error_advice}")
