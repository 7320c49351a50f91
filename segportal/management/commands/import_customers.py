"""Imports a file of customers from the command line."""

from argparse import ArgumentParser
from contextlib import closing
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from common.actors import SYSTEM
from common.errors import DomainError
from customers.choices import ImportState
from customers.selectors import import_for
from customers.services.imports import default_source, discard_plan, plan_import, start_import
from customers.services.running import run_import
from customers.transports.lake import the_lake


class Command(BaseCommand):
    """Plans the import, prints the plan, and unless it is a dry run carries it out here and now."""

    help = "Import customers from a CSV, JSON lines or Parquet file, on this machine or in the lake."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a path, or the address of a file below SEGPORTAL_LAKE_URL")
        parser.add_argument("--source", default="", help="key of the source the data comes from (default: file)")
        parser.add_argument("--dry-run", action="store_true", help="print the plan and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        path: str = options["file"]
        try:
            source = options["source"] or default_source(actor=SYSTEM).key
            with closing(_opened(path)) as content:
                job = plan_import(actor=SYSTEM, source_key=source, name=path.rpartition("/")[2], content=content)
            self._print_plan(job.plan)
            if options["dry_run"]:
                discard_plan(actor=SYSTEM, job_id=job.pk)
                return
            start_import(actor=SYSTEM, job_id=job.pk)
            run_import(job.pk)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except DomainError as error:
            raise CommandError(error.detail) from error
        self._print_result(job.pk)

    def _print_plan(self, plan: dict[str, Any]) -> None:
        for column in plan["columns"]:
            target = f"{column['target']} ({column['type'] or 'id'})" if column["target"] else "left out"
            self.stdout.write(f"  {column['name']} -> {target}")
        counts = plan["counts"]
        self.stdout.write(
            f"{plan['looked']:,} of about {plan['rows_expected']:,} rows looked at: {counts['created']:,} new, "
            f"{counts['changed']:,} changed, {counts['unchanged']:,} unchanged, {counts['refused']:,} refused"
        )
        for problem in plan["problems"]:
            lines = ", ".join(str(line) for line in problem["lines"])
            self.stdout.write(f"  {problem['count']:,} x {problem['detail']} (line {lines})")
        for note in [*plan["notes"], *plan["blockers"]]:
            self.stdout.write(f"  {note}")

    def _print_result(self, job_id: int) -> None:
        job = import_for(viewer=SYSTEM, job_id=job_id)
        counts = job.counts
        self.stdout.write(
            f"Import {job.pk} {job.state}: {counts.get('created', 0):,} new, {counts.get('changed', 0):,} changed, "
            f"{counts.get('unchanged', 0):,} unchanged, {counts.get('refused', 0):,} in quarantine"
        )
        if job.state != ImportState.DONE:
            raise CommandError(job.error or f"The import is {job.state}; a worker may have it in hand.")


def _opened(address: str) -> IO[bytes]:
    """The file of a path, or of an address in the lake; of no other address."""
    if "://" not in address:
        return Path(address).open("rb")
    lake = the_lake()
    return lake.open(lake.name_of(address))
