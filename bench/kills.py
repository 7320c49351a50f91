"""`python -m bench.kills [CYCLES]`: kill -9 of web, worker, broker, database under load loses and doubles nothing.

Programs send batches and, as the clients do, send a batch again until it is answered with 200; they keep the ids that
were acknowledged. Each cycle ends one or all of the processes without warning and starts them again. In the end every
acknowledged event must be stored exactly once, and every stored event must have been applied. Exit status 1 otherwise.
"""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import stage

BATCH = 50
SENDERS = 3
WANTED_A_CYCLE = 500
PATIENCE = 120.0


@dataclass
class Senders:
    """Programs that send until they are told to stop; `acknowledged` are the ids of batches answered with 200."""

    port: int
    write_key: str
    acknowledged: set[str] = field(default_factory=set)
    unanswered: int = 0
    wrong: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        self._threads = [threading.Thread(target=self._send, args=(number,)) for number in range(SENDERS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _send(self, number: int) -> None:
        chance = random.Random(number)
        while not self._stop.is_set():
            batch = [_event(chance) for _ in range(BATCH)]
            ids = {event["messageId"] for event in batch}
            while not self._stop.is_set():
                status = self._post(batch)
                if status == 200:
                    self.acknowledged |= ids
                    break
                if status is not None and status < 500:
                    self.wrong.append(f"answered {status}")
                self.unanswered += 1
                time.sleep(0.05)
            if chance.random() < 0.2:
                self._post(batch)

    def _post(self, batch: list[dict[str, Any]]) -> int | None:
        headers = {"Authorization": "Basic " + b64encode(f"{self.write_key}:".encode()).decode()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("POST", "/v1/batch", body=json.dumps({"batch": batch}).encode(), headers=headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


def _event(chance: random.Random) -> dict[str, Any]:
    """A made-up event; some tell a trait, so that applying them writes too."""
    who = f"made-up-{chance.randrange(500)}"
    event = {"messageId": str(uuid.uuid4()), "userId": who}
    if chance.random() < 0.2:
        return {**event, "type": "identify", "traits": {"visits": chance.randrange(1000)}}
    return {**event, "type": "track", "event": "Order Completed", "properties": {"total": chance.randrange(100)}}


class Stage:
    """The processes of a portal, each to be ended without warning and started again."""

    def __init__(self, folder: Path) -> None:
        from segportal.embedded.places import places_of

        self._folder = folder
        self._places = places_of(folder)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.kills: dict[str, Callable[[], None]] = {
            "web": lambda: self._kill("web"),
            "worker": lambda: self._kill("worker"),
            "broker": self._kill_broker,
            "database": self._kill_database,
        }

    def start(self, name: str) -> None:
        """Afterwards that part runs, or is on its way."""
        from segportal import embedded

        if name in ("broker", "database"):
            embedded.start(self._folder, log=lambda _: None, database=name == "database", broker=name == "broker")
            return
        gunicorn = ["-m", "gunicorn", "segportal.wsgi:application", "--no-control-socket", "--worker-class", "gthread"]
        commands = {
            "web": [*gunicorn, "--bind", f"127.0.0.1:{self.port}", "--workers", "1", "--threads", "8"],
            "worker": ["-m", "celery", "-A", "segportal", "worker", "--queues", "stream", "--concurrency", "1"],
        }
        own = {"DJANGO_SETTINGS_MODULE": "segportal.settings.local", "ALLOWED_HOSTS": "127.0.0.1"}
        with (self._folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, *commands[name]],
                env=os.environ | own,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self) -> None:
        """Afterwards neither web nor worker run."""
        for name in list(self._processes):
            self._kill(name)

    def _kill(self, name: str) -> None:
        process = self._processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _kill_broker(self) -> None:
        from segportal.embedded import valkey

        self._end(valkey.running(self._places), signal.SIGKILL)

    def _kill_database(self) -> None:
        from segportal.embedded import postgres

        # An immediate stop: no checkpoint, no goodbye; the next start recovers from the log.
        self._end(postgres.running(self._places), signal.SIGQUIT)

    def _end(self, pid: int | None, number: signal.Signals) -> None:
        from segportal.embedded import processes

        if pid is not None:
            os.kill(pid, number)
            processes.wait_until_gone(pid, 20.0)


def victims_of(cycle: int) -> list[str]:
    """One after the other, and every fifth time all at once."""
    names = ["web", "database", "worker", "broker"]
    return names if cycle % 5 == 4 else [names[cycle % 5]]


def run(cycles: int) -> dict[str, Any]:
    """The findings after so many cycles."""
    with stage.portal() as folder:
        from accounts.services import create_token
        from segportal import embedded

        people = stage.people()
        who = people.steward
        _, write_key = create_token(actor=who, user_id=who.pk, name="bench", scopes=["ingest"])
        os.environ["DATABASE_URL"] = embedded.database_url(folder, role="app")
        place = Stage(folder)
        senders = Senders(place.port, write_key)
        began = time.perf_counter()
        try:
            place.start("web")
            place.start("worker")
            senders.start()
            for cycle in range(cycles):
                _await_progress(senders)
                victims = victims_of(cycle)
                for name in victims:
                    place.kills[name]()
                for name in ("database", "broker", "worker", "web"):
                    if name in victims:
                        place.start(name)
                print(f"cycle {cycle + 1}: {', '.join(victims)}; {len(senders.acknowledged):,}", file=sys.stderr)
            _await_progress(senders)
        finally:
            senders.stop()
            place.stop()
        return {"cycles": cycles, "seconds": round(time.perf_counter() - began, 1), **_findings(senders)}


def _await_progress(senders: Senders) -> None:
    wanted, end = len(senders.acknowledged) + WANTED_A_CYCLE, time.monotonic() + PATIENCE
    while len(senders.acknowledged) < wanted:
        if time.monotonic() > end:
            raise RuntimeError("The portal did not come back.")
        time.sleep(0.02)


def _findings(senders: Senders) -> dict[str, Any]:
    from django.db import connection

    from customers.services.applying import apply_events

    connection.close()
    while apply_events() is not None:
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT message_id, count(*), count(applied_at) FROM customers_event GROUP BY message_id")
        stored = {message_id: (count, applied) for message_id, count, applied in cursor.fetchall()}
    return {
        "acknowledged": len(senders.acknowledged),
        "sent_again": senders.unanswered,
        "lost": len(senders.acknowledged - set(stored)),
        "doubled": sum(count > 1 for count, _ in stored.values()),
        "not_applied": sum(applied == 0 for _, applied in stored.values()),
        "wrong_answers": sorted(set(senders.wrong)),
    }


def main() -> int:
    cycles = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    found = run(cycles)
    print(json.dumps({"benchmark": "kills", **found}), flush=True)
    is_sound = not (found["lost"] or found["doubled"] or found["not_applied"] or found["wrong_answers"])
    return 0 if is_sound else 1


if __name__ == "__main__":
    sys.exit(main())
