"""Runs the benchmarks that need processes of their own, one after the other."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

# In this order; each prints its own JSON lines. `bench.kills` tortures instead of measuring and is run by hand.
MODULES = ("micro", "features", "ingest", "history", "scale", "ledger")
_READY_SECONDS = 300.0
_FIGURES_TO_REACH = {"features": {"EVENTS": "10000000"}}


def run_alone() -> list[str]:
    """Run all of them; the names of those that failed."""
    failed = [name for name in MODULES if _run(name, _FIGURES_TO_REACH.get(name, {}))]
    with _portal() as places:
        if _run("latency", places):
            failed.append("latency")
    return failed


def _run(name: str, env: dict[str, str]) -> int:
    print(f"bench.{name} in a process of its own", file=sys.stderr, flush=True)
    return subprocess.run([sys.executable, "-m", f"bench.{name}"], env=os.environ | env).returncode


@contextmanager
def _portal() -> Iterator[dict[str, str]]:
    """The portal as `make run` starts it, with the demonstration company, in a folder that is removed."""
    with tempfile.TemporaryDirectory(prefix="segportal-bench-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        places = {"DATA_DIR": folder, "PORT": str(port)}
        portal = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            env=os.environ | places,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _await_ready(port)
            yield places
        finally:
            portal.terminate()
            portal.wait(timeout=60)


def _await_ready(port: int) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with closing(connection), suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.5)
    raise TimeoutError("The portal did not become ready.")
