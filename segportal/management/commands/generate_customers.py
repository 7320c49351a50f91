"""Makes customers and events that do not exist, for measuring."""

from argparse import ArgumentParser
from datetime import UTC, date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.clock import now
from common.errors import DomainError
from customers.services import synthetic

MOST = 50_000_000


class Command(BaseCommand):
    """The same numbers, seed and day give the same files, byte for byte of their values."""

    help = "Make synthetic B2B customers and events: as files (--out), or into an empty portal (--load)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customers", type=int, default=10_000, help="how many (default: 10000)")
        parser.add_argument("--events", type=int, default=0, help="how many (default: none)")
        parser.add_argument("--skew", type=float, default=1.1, help="exponent of Zipf; 0 is even (default: 1.1)")
        parser.add_argument("--seed", type=int, default=20261122)
        parser.add_argument("--until", type=date.fromisoformat, help="events happen before this day (default: today)")
        parser.add_argument("--format", choices=synthetic.FORMATS, default="parquet")
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--out", type=Path, metavar="FOLDER", help="write files there")
        where.add_argument("--load", action="store_true", help="load into this portal, which must be empty")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["customers"] <= MOST or not 0 <= options["events"] <= MOST:
            raise CommandError(f"Ask for 1 to {MOST:,} customers and at most as many events.")
        if not 0 <= options["skew"] <= 10 or options["seed"] < 0:
            raise CommandError("The skew goes from 0 to 10, and the seed is 0 or more.")
        until = datetime.combine(options["until"] or now().date(), time(), UTC)
        try:
            if options["load"]:
                synthetic.require_empty_portal()
            self._make(options, until)
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        except DomainError as error:
            raise CommandError(error.detail) from error

    def _make(self, options: dict[str, Any], until: datetime) -> None:
        # Not on top: nobody else needs them.
        from customers.rows.synthetic import catalogue, customers
        from customers.rows.synthetic_events import events

        count, seed, skew = options["customers"], options["seed"], options["skew"]
        frames = {"customers": customers(count, seed=seed, skew=skew)}
        if options["events"]:
            frames["events"] = events(options["events"], of=count, seed=seed, skew=skew, until=until)
        about = {
            "customers": count,
            "events": options["events"],
            "seed": seed,
            "skew": skew,
            "until": f"{until:%Y-%m-%d}",
        }
        if not options["load"]:
            for path in synthetic.write_synthetic(frames, folder=options["out"], kind=options["format"], about=about):
                self.stdout.write(f"{path}: {path.stat().st_size:,} bytes")
            return
        told = frames.get("events", events(0, of=count, seed=seed, skew=skew, until=until))
        with TemporaryDirectory(prefix="synthetic-") as folder:
            given = {"customers": frames["customers"]}
            written = synthetic.write_synthetic(given, folder=Path(folder), kind="parquet", about=about)
            synthetic.load_synthetic(customers=written[0], events=told, catalogue=catalogue(), say=self.stdout.write)
