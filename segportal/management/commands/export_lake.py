"""Writes memberships, or a profile build, to the lake."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError
from memberships.services.lake import export_build, export_memberships


class Command(BaseCommand):
    """Writes partitioned Parquet below SEGPORTAL_LAKE_URL, here and now."""

    help = "Write all memberships, or a profile build, to the lake as partitioned Parquet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["memberships", "build"], nargs="?", default="memberships")
        parser.add_argument("--personal", action="store_true", help="of a build, write personal attributes too")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            is_build = options["what"] == "build"
            batch = export_build(personal=options["personal"]) if is_build else export_memberships()
        except (DomainError, OSError, ImportError) as error:
            raise CommandError(getattr(error, "detail", str(error))) from error
        self.stdout.write(f"{batch.rows:,} rows in {batch.files:,} files: {batch.folder}")
