"""All figures at one instant, each part with its answer or its trouble."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Max, Min, Q, QuerySet

from common.clock import now
from customers.choices import BuildState
from customers.models import ProfileBuild, Source
from ledger.choices import HandoffState
from ledger.models import Handoff
from memberships.choices import RunState
from memberships.models import Run
from memberships.selectors import Alert, alerts
from segportal.operations import failures
from segportal.operations.broker import Broker, broker_figures
from segportal.operations.parts import Part, ask
from segportal.operations.storage import Storage, storage_figures
from segportal.operations.stream import Stream, stream_figures
from segportal.presence import Sign, signs

_TOTALS = """
    SELECT (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM customers_event_seq),
           (SELECT coalesce(max(id), 0) FROM ledger_entry),
           (SELECT coalesce(max(id), 0) FROM memberships_run)
"""


@dataclass(frozen=True)
class HandOffs:
    """Facts owed to their consumers, and those given up."""

    pending: int
    oldest_at: datetime | None
    dead: int


@dataclass(frozen=True)
class Counts:
    """How much work is open and how much was given up, by kind."""

    open: dict[str, int]
    oldest_queued_run_at: datetime | None
    failed: dict[str, int]


@dataclass(frozen=True)
class Totals:
    """What only grows: events received, facts in the ledger, runs requested."""

    events: int
    facts: int
    runs: int


@dataclass(frozen=True)
class Delivery:
    """A source, when it last delivered, and how often it has promised to."""

    key: str
    name: str
    loaded_at: datetime | None
    promised: timedelta

    @property
    def is_overdue(self) -> bool:
        return self.loaded_at is not None and now() >= self.loaded_at + self.promised

    @property
    def state(self) -> str:
        return "absent" if self.loaded_at is None else "overdue" if self.is_overdue else "fresh"


@dataclass(frozen=True)
class Figures:
    """What the page and /metrics tell; read at `at`."""

    at: datetime
    workers: Part[list[Sign]]
    broker: Part[Broker]
    storage: Part[Storage]
    stream: Part[Stream]
    hand_offs: Part[HandOffs]
    counts: Part[Counts]
    builds: Part[list[ProfileBuild]]
    deliveries: Part[list[Delivery]]
    totals: Part[Totals]
    alerts: Part[list[Alert]]

    @property
    def troubles(self) -> list[str]:
        """What did not answer, in words, each once."""
        parts = (self.workers, self.broker, self.storage, self.stream, self.hand_offs, self.counts, self.builds)
        return list(dict.fromkeys(part.trouble for part in parts if part.trouble))


def read_figures() -> Figures:
    """Each part asked once. A part that is away is told of, and costs at most its connection's time limit."""
    workers = ask("The cache", signs)
    return Figures(
        at=now(),
        workers=workers,
        broker=ask("The broker", lambda: broker_figures(workers.value or [])),
        storage=ask("The database", storage_figures),
        stream=ask("The database", stream_figures),
        hand_offs=ask("The database", hand_offs),
        counts=ask("The database", counts),
        builds=ask("The database", lambda: list(builds()[:3])),
        deliveries=ask("The database", deliveries),
        totals=ask("The database", totals),
        alerts=ask("The database", alerts),
    )


def hand_offs() -> HandOffs:
    """Facts owed and facts given up, in one query."""
    pending, dead = Q(state=HandoffState.PENDING), Q(state=HandoffState.DEAD)
    found = Handoff.objects.filter(pending | dead).aggregate(
        pending=Count("pk", filter=pending), dead=Count("pk", filter=dead), oldest=Min("entry__at", filter=pending)
    )
    return HandOffs(found["pending"], found["oldest"], found["dead"])


def counts() -> Counts:
    """Runs open by state; runs, imports, files and proofs that failed."""
    open_ = Q(state__in=(RunState.QUEUED, RunState.RUNNING))
    found = Run.objects.filter(open_).aggregate(
        queued=Count("pk", filter=Q(state=RunState.QUEUED)),
        running=Count("pk", filter=Q(state=RunState.RUNNING)),
        oldest=Min("due_at", filter=Q(state=RunState.QUEUED)),
    )
    failed = {
        "run": failures.failed_runs().count(),
        "import": failures.failed_imports().count(),
        "export": failures.failed_exports().count(),
        "proof": failures.failed_sweeps().count(),
    }
    return Counts({"queued": found["queued"], "running": found["running"]}, found["oldest"], failed)


def builds() -> QuerySet[ProfileBuild]:
    """Builds whose files are here, newest first, without their long columns."""
    ready = ProfileBuild.objects.filter(state=BuildState.READY).exclude(kind="history").order_by("-number")
    return ready.only("number", "kind", "as_of", "row_count", "alive_count", "digest", "created_at", "watermark")


def deliveries() -> list[Delivery]:
    """Every source with its last delivery, those that are overdue first."""
    rows = Source.objects.annotate(loaded_at=Max("loads__at")).values_list(
        "key", "name", "loaded_at", "freshness_hours"
    )
    found = [Delivery(key, name, loaded, timedelta(hours=hours)) for key, name, loaded, hours in rows]
    return sorted(found, key=lambda each: (not each.is_overdue, each.name.casefold()))


def totals() -> Totals:
    """Numbers given out so far; a number that was given and rolled back counts too."""
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS)
        return Totals(*cursor.fetchone())
