"""Health for machines: /livez asks nothing of anybody, /readyz asks everybody."""

from collections.abc import Callable
from functools import partial

import structlog
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from segportal import presence
from segportal.queues import KINDS

log = structlog.get_logger(__name__)


@login_not_required
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def _database() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return None


def _migrations() -> str | None:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(plan)} migrations are not applied; run `manage.py migrate`" if plan else None


def _broker() -> str | None:
    cache.set("readyz", 1, 10)
    return None


def _worker(kind: str) -> str | None:
    if any(sign.is_alive and kind in sign.kinds for sign in presence.signs()):
        return None
    silent = f"within {presence.SILENT_SECONDS:.0f} seconds"
    return f"no worker of the kind {kind} has reported {silent}; start one, or read its log"


def _schedule() -> str | None:
    if any(sign.is_alive and not sign.queues for sign in presence.signs()):
        return None
    return f"the schedule has not reported within {presence.SILENT_SECONDS:.0f} seconds; start it, or read its log"


CHECKS: dict[str, Callable[[], str | None]] = {
    "database": _database,
    "migrations": _migrations,
    "broker": _broker,
    **{kind: partial(_worker, kind) for kind in KINDS},
    "schedule": _schedule,
}


def findings() -> dict[str, str | None]:
    """Check -> what is wrong, None where all is well. A check that raises is a finding, never an error."""
    found: dict[str, str | None] = {}
    for name, check in CHECKS.items():
        try:
            found[name] = check()
        except Exception as error:  # noqa: BLE001 - a health page reports whatever happens
            log.warning("readyz.failed", check=name, error=type(error).__name__)
            found[name] = "does not answer"
    return found


@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the servers, a worker of each kind and the schedule are well; else 503 with what is wrong."""
    found = findings()
    status = 503 if any(found.values()) else 200
    return JsonResponse({"ready": status == 200, "checks": {k: v or "ok" for k, v in found.items()}}, status=status)
