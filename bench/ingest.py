"""`python -m bench.ingest`: events a second through the web process into PostgreSQL, beside a bare INSERT of the same.

Both store batches of 100, as the clients send them, durably, and in turns, so that a noisy machine is noisy for both.
Ours goes through gunicorn, gzip, the checks, de-duplication, indexes and partitions; the peer is one INSERT a batch
with psycopg into a table of the same columns. SECONDS (20 a side), SENDERS (4) and BATCH (100) may be set.
"""

import gzip
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import uuid
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bench import stage

SECONDS = float(os.environ.get("SECONDS", "20"))
SENDERS = int(os.environ.get("SENDERS", "4"))
BATCH = int(os.environ.get("BATCH", "100"))
ROUNDS = 4
_INSERT = """
    INSERT INTO bench_peer (received_at, at, source_key, message_id, type, name, user_id, content, context)
    SELECT now(), * FROM unnest(%s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
                                %s::jsonb[], %s::jsonb[])
"""


def events(count: int) -> list[dict[str, Any]]:
    """Fresh events as the Python client of Segment writes them; the people do not exist."""
    library = {"library": {"name": "analytics-python", "version": "2.4.0"}}
    made = time.strftime("%Y-%m-%dT%H:%M:%S.000+00:00", time.gmtime())
    return [
        {
            "type": "track",
            "event": "Order Completed",
            "userId": f"made-up-{number % 5000}",
            "anonymousId": None,
            "messageId": str(uuid.uuid4()),
            "timestamp": made,
            "properties": {"total": number * 1.25, "currency": "EUR", "items": ["a", "b", "c"], "coupon": None},
            "context": library,
            "integrations": {},
        }
        for number in range(count)
    ]


@contextmanager
def web(folder: Path) -> Iterator[int]:
    """The web process as `make run` starts it, two workers of eight threads; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    options = ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--workers", "2", "--threads", "8"]
    own = {"DJANGO_SETTINGS_MODULE": "segportal.settings.local", "ALLOWED_HOSTS": "127.0.0.1"}
    with (folder / "web.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "segportal.wsgi:application", "--no-control-socket", *options],
            env=os.environ | own,
            stdout=log,
            stderr=log,
        )
    try:
        # Both workers must have read the whole portal in, else its import is measured.
        answered = 0
        while answered < 40:
            answered += _answers(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == 200
    except OSError:
        time.sleep(0.2)
        return False
    finally:
        connection.close()


def in_parallel(seconds: float, make: Callable[[], Callable[[], int]]) -> tuple[float, list[float]]:
    """(events a second, seconds of each call) of SENDERS threads that each repeat what `make` gives them."""
    took: list[float] = []
    stored = [0] * SENDERS
    end = time.perf_counter() + seconds

    def repeat(number: int) -> None:
        call = make()
        while time.perf_counter() < end:
            began = time.perf_counter()
            stored[number] += call()
            took.append(time.perf_counter() - began)

    began = time.perf_counter()
    threads = [threading.Thread(target=repeat, args=(number,)) for number in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(stored) / (time.perf_counter() - began), took


def through_the_portal(port: int, write_key: str) -> Callable[[], Callable[[], int]]:
    """Posts a fresh batch to /v1/batch over one kept connection."""
    headers = {
        "Authorization": "Basic " + b64encode(f"{write_key}:".encode()).decode(),
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
    }

    def make() -> Callable[[], int]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

        def call() -> int:
            body = gzip.compress(json.dumps({"batch": events(BATCH)}).encode(), 1)
            connection.request("POST", "/v1/batch", body=body, headers=headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
            if answer.status != 200:
                raise RuntimeError(told)
            return int(told["accepted"])

        return call

    return make


def bare(url: str) -> Callable[[], Callable[[], int]]:
    """Inserts a fresh batch with one statement and commits it."""

    def make() -> Callable[[], int]:
        connection = psycopg.connect(url, autocommit=True)

        def call() -> int:
            rows = events(BATCH)
            columns: list[list[Any]] = [
                [row["timestamp"] for row in rows],
                ["bench"] * len(rows),
                [row["messageId"] for row in rows],
                [row["type"] for row in rows],
                [row["event"] for row in rows],
                [row["userId"] for row in rows],
                [json.dumps(row["properties"]) for row in rows],
                [json.dumps(row["context"]) for row in rows],
            ]
            connection.execute(_INSERT, columns)
            return len(rows)

        return call

    return make


def main() -> None:
    line: dict[str, Any] = {}
    with stage.portal() as folder:
        from accounts.services import create_token
        from customers.models import Event, ReceivedMessage
        from segportal import embedded

        people = stage.people()
        who = people.steward
        _, write_key = create_token(actor=who, user_id=who.pk, name="bench", scopes=["ingest"])
        url = embedded.database_url(folder, role="owner")
        with psycopg.connect(url, autocommit=True) as peer:
            peer.execute("CREATE TABLE bench_peer (LIKE customers_event INCLUDING DEFAULTS)")
        os.environ["DATABASE_URL"] = embedded.database_url(folder, role="app")
        with web(folder) as port:
            ours_made, bare_made = through_the_portal(port, write_key), bare(url)
            in_parallel(3, ours_made)
            in_parallel(1, bare_made)
            before = Event.objects.count()
            ours, theirs, took, began = [], [], [], time.perf_counter()
            for _ in range(ROUNDS):
                rate, calls = in_parallel(SECONDS / ROUNDS, ours_made)
                ours.append(rate)
                took += calls
                theirs.append(in_parallel(SECONDS / ROUNDS, bare_made)[0])
            took.sort()
            p50, p95 = (round(took[len(took) * part // 100] * 1e3, 1) for part in (50, 95))
            stored = Event.objects.count()
            line = {
                "benchmark": "ingest",
                "events_a_second": round(statistics.fmean(ours)),
                "rounds": [round(rate) for rate in ours],
                "seconds": round(time.perf_counter() - began, 1),
                "batch": BATCH,
                "senders": SENDERS,
                "call_ms": {"p50": p50, "p95": p95},
                "peer": "one bare INSERT a batch with psycopg into an equal table without indexes",
                "peer_events_a_second": round(statistics.fmean(theirs)),
                "peer_rounds": [round(rate) for rate in theirs],
                "ratio": round(statistics.fmean(ours) / statistics.fmean(theirs), 3),
                "stored": stored - before,
                "each_once": stored == ReceivedMessage.objects.count(),
            }
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
