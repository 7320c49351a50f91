"""The figures as Prometheus reads them: from the servers at each scrape, so that every web process tells the same."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.core.cache import cache
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from segportal.operations.broker import Broker
from segportal.operations.figures import Counts, Figures, read_figures
from segportal.operations.storage import Storage
from segportal.operations.stream import Spread, Stream
from segportal.presence import SCHEDULE, Sign

CACHE_KEY = "operations.metrics"
KEPT_SECONDS = 3


def exposition() -> bytes:
    """All metrics in the text format. Read anew at most every three seconds, however many scrape."""
    try:
        kept = cache.get(CACHE_KEY)
    except Exception:  # noqa: BLE001 - a cache that is away is one of the figures
        kept = None
    if isinstance(kept, bytes):
        return kept
    text = render(read_figures())
    try:
        cache.set(CACHE_KEY, text, KEPT_SECONDS)
    except Exception:  # noqa: BLE001 - as above
        return text
    return text


def render(figures: Figures) -> bytes:
    """These figures in the text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Told(figures))
    return generate_latest(registry)


class _Told(Collector):
    """Figures that were read before, for a registry."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterable[Metric]:
        figures = self._figures
        yield _gauge(
            "segportal_up",
            "Whether the part answered: cache, broker, database.",
            {"cache": figures.workers, "broker": figures.broker, "database": figures.counts},
            "part",
            lambda part: float(part.value is not None),
        )
        if figures.workers.value is not None:
            yield from _workers(figures.workers.value)
        if figures.broker.value is not None:
            yield from _broker(figures.broker.value)
        if figures.stream.value is not None:
            yield from _stream(figures.stream.value, figures.at)
        if figures.counts.value is not None:
            yield from _counts(figures.counts.value, figures.at)
        if figures.storage.value is not None:
            yield from _storage(figures.storage.value)
        yield from _rest(figures)


def _gauge(name: str, words: str, values: dict[str, Any], label: str, read: Any = float) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for key, value in values.items():
        family.add_metric([key], read(value))
    return family


def _one(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)


def _age(at: datetime | None, since: datetime) -> float:
    return max(0.0, (since - at).total_seconds()) if at else 0.0


def _workers(signs: list[Sign]) -> Iterator[Metric]:
    alive = GaugeMetricFamily(
        "segportal_process_alive", "Whether the process reported within half a minute.", labels=["name", "kind"]
    )
    tasks = GaugeMetricFamily("segportal_process_tasks", "Tasks that the process has in hand.", labels=["name"])
    done = CounterMetricFamily(
        "segportal_process_tasks_done", "Tasks taken since the process started.", labels=["name"]
    )
    for sign in signs:
        alive.add_metric([sign.name, "+".join(sign.kinds) or SCHEDULE], float(sign.is_alive))
        if sign.queues:
            tasks.add_metric([sign.name], len(sign.tasks))
            done.add_metric([sign.name], sign.done)
    yield from (alive, tasks, done)


def _broker(broker: Broker) -> Iterator[Metric]:
    lines = {line.name: line for line in broker.queues}
    yield _gauge("segportal_queue_messages", "Messages that wait.", lines, "queue", lambda line: line.length)
    yield _gauge(
        "segportal_queue_oldest_seconds",
        "For how long the oldest message waits; 0 when none does.",
        lines,
        "queue",
        lambda line: line.oldest_seconds or 0.0,
    )
    yield _gauge("segportal_queue_workers", "Workers that take from it.", lines, "queue", lambda line: line.consumers)
    yield _one("segportal_messages_in_hand", "Messages taken and not yet acknowledged.", broker.in_hand)
    yield _one("segportal_broker_bytes", "Memory that the broker uses.", broker.memory_bytes)


def _stream(stream: Stream, at: datetime) -> Iterator[Metric]:
    yield _one(
        "segportal_events_waiting", "Events received and not yet applied (counted to 100,000).", stream.events_waiting
    )
    yield _one("segportal_event_oldest_seconds", "Age of the oldest of them.", _age(stream.oldest_event_at, at))
    yield _one(
        "segportal_customers_waiting",
        "Customers changed and not yet in the published members (counted to a million).",
        stream.customers_waiting,
    )
    yield _one("segportal_customer_oldest_seconds", "Age of the oldest of them.", _age(stream.oldest_customer_at, at))
    yield _one("segportal_events_per_second", "Events received a second over the last minute.", stream.events_a_second)
    steps: dict[str, Spread] = {"apply": stream.applying, "publish": stream.publishing, "whole": stream.whole}
    family = GaugeMetricFamily(
        "segportal_step_seconds",
        "How long a step took for events of the last five minutes: received to applied, to published, and the whole.",
        labels=["step", "quantile"],
    )
    for step, spread in steps.items():
        for quantile, value in (("0.5", spread.p50), ("0.95", spread.p95)):
            if value is not None:
                family.add_metric([step, quantile], value)
    yield family


def _counts(counts: Counts, at: datetime) -> Iterator[Metric]:
    yield _gauge("segportal_runs_open", "Runs that wait or are computed.", counts.open, "state")
    yield _one("segportal_run_oldest_seconds", "Age of the oldest that waits.", _age(counts.oldest_queued_run_at, at))
    yield _gauge("segportal_jobs_failed", "What failed and was not made good.", counts.failed, "kind")


def _storage(storage: Storage) -> Iterator[Metric]:
    yield _one("segportal_database_bytes", "Size of the database.", storage.bytes)
    yield _one("segportal_database_connections", "Connections to it.", storage.connections)
    yield _one("segportal_database_connections_limit", "Connections it allows.", storage.connections_at_most)
    yield _one("segportal_database_transaction_seconds", "Age of its longest transaction.", storage.longest_seconds)
    tables = {table.name: table.bytes for table in storage.tables}
    yield _gauge("segportal_table_bytes", "The largest tables, with their indexes.", tables, "table")


def _rest(figures: Figures) -> Iterator[Metric]:
    owed = figures.hand_offs.value
    if owed is not None:
        yield _gauge(
            "segportal_hand_offs", "Facts owed, and given up.", {"pending": owed.pending, "dead": owed.dead}, "state"
        )
        yield _one("segportal_hand_off_oldest_seconds", "Age of the oldest owed.", _age(owed.oldest_at, figures.at))
    if figures.alerts.value is not None:
        kinds = Counter({alert.kind: 0 for alert in figures.alerts.value})
        for alert in figures.alerts.value:
            kinds[alert.kind] += alert.count
        yield _gauge("segportal_alerts", "Runs and members that are stuck, failing or old, by kind.", kinds, "kind")
    newest = next(iter(figures.builds.value or []), None)
    if newest is not None:
        yield _one(
            "segportal_build_age_seconds", "Age of the newest profile build.", _age(newest.created_at, figures.at)
        )
        yield _one("segportal_build_rows", "Rows of it.", newest.row_count)
    sources = {each.key: each for each in figures.deliveries.value or [] if each.loaded_at}
    yield _gauge(
        "segportal_source_age_seconds",
        "Since the last delivery of the source.",
        sources,
        "source",
        lambda each: _age(each.loaded_at, figures.at),
    )
    yield _gauge(
        "segportal_source_promised_seconds",
        "How old it may become.",
        sources,
        "source",
        lambda each: each.promised.total_seconds(),
    )
    totals = figures.totals.value
    if totals is not None:
        yield CounterMetricFamily("segportal_events_received", "Events received.", value=totals.events)
        yield CounterMetricFamily("segportal_facts", "Facts in the ledger.", value=totals.facts)
        yield CounterMetricFamily("segportal_runs_requested", "Runs and micro-batches.", value=totals.runs)
