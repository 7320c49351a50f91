"""`python -m bench.latency`: from the call that brings a change to the published change, on a portal that people read.

DATA_DIR and PORT name the running portal (the demonstration company, loaded); RATE (200 changes a second), SECONDS (30)
and READERS (2) may be set. Each change makes a customer who does not exist enter a segment. The time of the call is the
client's, that of the publication the one that the portal tells of the change; both are of this machine.
"""

import base64
import http.client
import json
import os
import subprocess
import sys
import threading
import time
import urllib.parse
import uuid
from datetime import datetime
from typing import Any

PORT = int(os.environ.get("PORT", "8000"))
RATE = int(os.environ.get("RATE", "200"))
SECONDS = float(os.environ.get("SECONDS", "30"))
READERS = int(os.environ.get("READERS", "2"))
BATCH = 10
SEGMENT = "quiet-households"
TRAITS = {"trips_365d": 3, "days_since_last_purchase": 60}
ENDED = threading.Event()


def token(scope: str) -> str:
    """A fresh token of the demonstration's steward."""
    command = [sys.executable, "manage.py", "create_token", "latency", "--user", "tomas", "--scope", scope]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1]


def asked(connection: http.client.HTTPConnection, path: str, plain: str) -> Any:
    connection.request("GET", path, headers={"Authorization": f"Bearer {plain}"})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} answers {answer.status}: {body[:200]!r}")
    return json.loads(body)


def send(write_key: str, sent: dict[str, float], number: int, senders: int) -> None:
    """A share of the rate, in calls of BATCH messages."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    credentials = base64.b64encode(f"{write_key}:".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}
    pause = BATCH * senders / RATE
    due = time.monotonic() + pause * number / senders
    while not ENDED.is_set():
        time.sleep(max(0.0, due - time.monotonic()))
        due += pause
        ids = [f"latency-{uuid.uuid4().hex[:12]}" for _ in range(BATCH)]
        batch = [{"type": "identify", "userId": each, "messageId": str(uuid.uuid4()), "traits": TRAITS} for each in ids]
        began = time.time()
        connection.request("POST", "/v1/batch", body=json.dumps({"batch": batch}), headers=headers)
        answer = connection.getresponse()
        told = answer.read()
        if answer.status != 200:
            raise RuntimeError(told)
        sent.update(dict.fromkeys(ids, began))


def read(plain: str, taken: list[float]) -> None:
    """What people and programs look at, without a pause between two looks but a tenth of a second."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    paths = (
        f"/api/v1/segments/{SEGMENT}/members/?limit=50",
        "/api/v1/segments/",
        "/api/v1/customers/hh-0001/segments/",
        f"/api/v1/segments/{SEGMENT}/",
    )
    place = 0
    while not ENDED.wait(0.1):
        began = time.perf_counter()
        connection.request("GET", paths[place % len(paths)], headers={"Authorization": f"Bearer {plain}"})
        connection.getresponse().read()
        taken.append(time.perf_counter() - began)
        place += 1


def published(plain: str, since: str) -> dict[str, float]:
    """Customer -> when the portal says that they entered."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    found: dict[str, float] = {}
    path = f"/api/v1/segments/{SEGMENT}/changes/?limit=5000&since={urllib.parse.quote(since)}"
    while path:
        page = asked(connection, path, plain)
        for row in page["results"]:
            at = datetime.fromisoformat(row["at"]).timestamp()
            found |= dict.fromkeys(row["entered"], at)
        address = urllib.parse.urlsplit(page["next"] or "")
        path = f"{address.path}?{address.query}" if page["next"] else ""
    return found


def at_share(taken: list[float], share: float) -> float:
    return round(sorted(taken)[min(len(taken) - 1, int(len(taken) * share))], 3)


def main() -> None:
    write_key, plain = token("ingest"), token("read")
    since = datetime.fromtimestamp(time.time() - 1).astimezone().isoformat()
    sent: dict[str, float] = {}
    looks: list[float] = []
    threads = [threading.Thread(target=send, args=(write_key, sent, number, 2)) for number in range(2)]
    threads += [threading.Thread(target=read, args=(plain, looks)) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    time.sleep(SECONDS)
    ENDED.set()
    for thread in threads:
        thread.join()
    found: dict[str, float] = {}
    waited_until = time.monotonic() + 60
    while time.monotonic() < waited_until and not sent.keys() <= found.keys():
        time.sleep(1)
        found = published(plain, since)
    taken = [found[each] - began for each, began in sent.items() if each in found]
    line = {
        "benchmark": "call_to_published_change",
        "changes": len(sent),
        "changes_a_second": round(len(sent) / SECONDS),
        "lost": len(sent.keys() - found.keys()),
        "seconds": {"p50": at_share(taken, 0.5), "p95": at_share(taken, 0.95), "max": at_share(taken, 1.0)},
        "reads_meanwhile": len(looks),
        "read_ms": {"p50": round(at_share(looks, 0.5) * 1000), "p95": round(at_share(looks, 0.95) * 1000)},
    }
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
