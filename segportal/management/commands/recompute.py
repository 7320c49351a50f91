"""`manage.py recompute`: asks for a run, or for the repetition of one, and can wait for its end."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.actors import SYSTEM
from common.errors import DomainError
from memberships.choices import RunState, Trigger
from memberships.models import Run
from memberships.services import request_repeat, request_run
from memberships.states import ENDED

POLL_SECONDS = 0.5
OPTIONS = ("engine", "threads", "shards", "slice_rows", "order")


class Command(BaseCommand):
    help = "Requests a recompute of all segments, or of those named and what is built on them, or repeats a run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--segment", action="append", default=[], metavar="KEY", help="only this one; repeatable")
        parser.add_argument("--wait", action="store_true", help="wait for a worker to end it and print its manifest")
        parser.add_argument("--timeout", type=float, default=600, metavar="SECONDS", help="how long to wait at most")
        parser.add_argument("--repeat", type=int, metavar="ID", help="compute this run again and compare; waits")
        parser.add_argument("--engine", help="for --repeat: polars, shards or spark")
        for name in OPTIONS[1:]:
            parser.add_argument(f"--{name.replace('_', '-')}", type=int, metavar="N", help="for --repeat")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = self._requested(options)
        except DomainError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"Run {run.pk} is {run.get_state_display().lower()}.")
        if options["wait"] or options["repeat"]:
            self._wait(run, options["timeout"])

    def _requested(self, options: dict[str, Any]) -> Run:
        chosen = {name: options[name] for name in OPTIONS if options[name] is not None}
        if options["repeat"]:
            return request_repeat(actor=SYSTEM, run_id=options["repeat"], options=chosen)
        if chosen:
            raise CommandError("How to compute can only be chosen for a repetition: name a run with --repeat.")
        return request_run(
            actor=SYSTEM, trigger=Trigger.PERSON, segment_keys=options["segment"], reason="manage.py recompute"
        )

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
        comparison = run.manifest.get("comparison", {})
        if comparison.get("verdict") == "different":
            raise CommandError(f"Run {run.pk} found other members than run {comparison['repeats']}.")
