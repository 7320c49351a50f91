"""What Celery beat sends and how often (seconds)."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    "ledger.sweep": {"task": "ledger.sweep", "schedule": 20.0},
    "segportal.heartbeat": {"task": "segportal.heartbeat", "schedule": 10.0, "options": {"expires": 10}},
    "segportal.purge_answers": {"task": "segportal.purge_answers", "schedule": 3600.0},
}
