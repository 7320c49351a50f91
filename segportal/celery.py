"""The Celery application: JSON only, late acknowledgement, tasks from every app."""

import os
import sys
import time
from typing import Any

from celery import Celery
from celery.signals import before_task_publish

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segportal.settings.local")

if os.environ.get("SEGPORTAL_ENGINE") == "shards" and "worker" in sys.argv:
    # Before Polars is loaded: shards run side by side in the processes of a worker, and more threads in each would only
    # stand in each other's way.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")

app = Celery("segportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@before_task_publish.connect
def note_when_sent(headers: dict[str, Any] | None = None, **_rest: Any) -> None:
    """The broker does not say how old a message is; so the message does."""
    if headers is not None:
        headers["sent"] = time.time()


@app.on_after_configure.connect
def join_presence(sender: Celery, **_rest: Any) -> None:
    """Every worker says that it is at work. Imported here, since it needs the settings."""
    from segportal.presence import WorkerPresence

    sender.steps["worker"].add(WorkerPresence)
