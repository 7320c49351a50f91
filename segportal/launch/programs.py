"""The processes of a running portal and the commands that prepare it."""

import os
import signal
from pathlib import Path

from segportal.launch.address import Address
from segportal.launch.children import Program
from segportal.queues import KINDS


def command(name: str, *arguments: str) -> Program:
    """A management command as a step."""
    return Program(name.replace("_", "-"), ("manage.py", *arguments))


def web(address: Address) -> Program:
    options = [
        *("--bind", address.bind, "--worker-class", "gthread", "--no-control-socket"),
        *("--workers", os.environ.get("WEB_WORKERS", "2"), "--threads", os.environ.get("WEB_THREADS", "8")),
        *("--timeout", "60", "--graceful-timeout", "15"),
    ]
    # No --preload: the engine's threads do not survive a fork.
    return Program("web", ("-m", "gunicorn", "segportal.wsgi:application", *options), ((signal.SIGTERM, 20.0),))


def worker() -> Program:
    """Runs, imports, files and reactions: what may take long."""
    return _worker("worker", "--concurrency", os.environ.get("WORKER_CONCURRENCY", "2"))


def stream() -> Program:
    """Events and micro-batches, one at a time; its one process is replaced when it has grown large (KB)."""
    return _worker("stream", "--concurrency", "1", "--max-memory-per-child", "800000")


def _worker(kind: str, *options: str) -> Program:
    common = [
        *("--hostname", f"{kind}@%h", "--queues", ",".join(KINDS[kind]), "--pool", "prefork"),
        *("--without-gossip", "--without-mingle", "--loglevel", "INFO"),
    ]
    # First let the tasks end, then hand them back to the broker.
    stop = ((signal.SIGTERM, 20.0), (signal.SIGQUIT, 5.0))
    return Program(kind, ("-m", "celery", "-A", "segportal", "worker", *common, *options), stop)


def beat(data_dir: Path) -> Program:
    options = ("--schedule", str(data_dir / "beat-schedule"), "--loglevel", "INFO")
    return Program("beat", ("-m", "celery", "-A", "segportal", "beat", *options), ((signal.SIGTERM, 5.0),))
