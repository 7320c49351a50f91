"""Who is at work: each worker and the schedule leave a sign of life in the cache every few seconds."""

import json
import os
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache as once
from typing import Any

import redis
import structlog
from celery import bootsteps
from celery.beat import PersistentScheduler
from celery.worker import state as worker_state
from django.conf import settings

from common.clock import now
from segportal.queues import KINDS

log = structlog.get_logger(__name__)

KEY = "segportal:presence"
SCHEDULE = "schedule"
EVERY_SECONDS = 5.0
SILENT_SECONDS = 30.0
FORGOTTEN_SECONDS = 3600.0


@dataclass(frozen=True)
class Task:
    """What a worker has in hand."""

    name: str
    since: datetime


@dataclass(frozen=True)
class Sign:
    """The last sign of life of one process."""

    name: str
    kinds: tuple[str, ...]
    pid: int
    at: datetime
    started_at: datetime
    queues: tuple[str, ...]
    tasks: tuple[Task, ...]
    done: int

    @property
    def is_alive(self) -> bool:
        return (now() - self.at).total_seconds() < SILENT_SECONDS


@once
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


def leave_sign(
    *, name: str, started: float, queues: Iterable[str] = (), tasks: Iterable[tuple[str, float]] = (), done: int = 0
) -> None:
    """Afterwards the process counts as alive for half a minute. A cache that is away is no error."""
    sign = {
        "pid": os.getpid(),
        "at": now().timestamp(),
        "started": started,
        "queues": sorted(queues),
        "tasks": [list(task) for task in tasks],
        "done": done,
    }
    try:
        _client().hset(KEY, name, json.dumps(sign))
    except redis.RedisError as error:
        log.warning("presence.unsent", error=type(error).__name__)


def take_back(name: str) -> None:
    """Afterwards a process that ended as it should is not missed."""
    try:
        _client().hdel(KEY, name)
    except redis.RedisError as error:
        log.warning("presence.unsent", error=type(error).__name__)


def signs() -> list[Sign]:
    """Who has been heard of within an hour, the workers by kind and name, then the schedule."""
    found: list[Sign] = []
    stored: dict[bytes, bytes] = _client().hgetall(KEY)  # type: ignore[assignment]  # typed for both kinds of clients
    for name, text in stored.items():
        sign = _read(name.decode(), json.loads(text))
        if (now() - sign.at).total_seconds() < FORGOTTEN_SECONDS:
            found.append(sign)
        else:
            _client().hdel(KEY, name)
    return sorted(found, key=lambda sign: (not sign.kinds, sign.kinds, sign.name))


def kinds_served(queues: Iterable[str]) -> tuple[str, ...]:
    """The kinds of worker whose queues are all among these."""
    served = set(queues)
    return tuple(kind for kind, wanted in KINDS.items() if served.issuperset(wanted))


def _read(name: str, stored: dict[str, Any]) -> Sign:
    return Sign(
        name=name,
        kinds=kinds_served(stored["queues"]),
        pid=stored["pid"],
        at=_instant(stored["at"]),
        started_at=_instant(stored["started"]),
        queues=tuple(stored["queues"]),
        tasks=tuple(Task(task, _instant(since)) for task, since in stored["tasks"]),
        done=stored["done"],
    )


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


class WorkerPresence(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery has no types
    """Part of a worker's main process: its sign of life does not wait behind the tasks of its pool."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, worker: Any, **options: Any) -> None:
        self.entry: Any = None
        self.started = time.time()

    def start(self, worker: Any) -> None:
        self.leave(worker)
        self.entry = worker.timer.call_repeatedly(EVERY_SECONDS, self.leave, args=(worker,))

    def leave(self, worker: Any) -> None:
        in_hand = [(request.name, request.time_start or time.time()) for request in list(worker_state.active_requests)]
        leave_sign(
            name=worker.hostname,
            started=self.started,
            queues=worker.app.amqp.queues.consume_from,
            tasks=in_hand,
            done=sum(worker_state.total_count.values()),
        )

    def stop(self, worker: Any) -> None:
        if self.entry is not None:
            self.entry.cancel()
        take_back(worker.hostname)


class Scheduler(PersistentScheduler):  # type: ignore[misc]  # Celery has no types
    """Celery's own schedule, which leaves its sign of life as it ticks."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._left = 0.0
        self._started = time.time()
        super().__init__(*args, **options)

    def tick(self, *args: Any, **options: Any) -> float:
        if time.monotonic() - self._left >= EVERY_SECONDS:
            self._left = time.monotonic()
            leave_sign(name=f"{SCHEDULE}@{socket.gethostname()}", started=self._started)
        return min(float(super().tick(*args, **options)), EVERY_SECONDS)

    def close(self) -> None:
        take_back(f"{SCHEDULE}@{socket.gethostname()}")
        super().close()
