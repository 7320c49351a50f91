"""The ops page: what waits, who works, how far behind, what failed and how to try again."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.policies import operates
from common.errors import NotAllowed
from segportal.operations.failures import failures_for
from segportal.operations.figures import read_figures
from segportal.operations.jobs import finished_runs, open_jobs
from segportal.operations.parts import ask
from segportal.operations.storage import portal_versions
from segportal.web.health import findings


@never_cache
@require_GET
def operations(request: HttpRequest) -> HttpResponse:
    """The page; its figures are drawn anew every few seconds as long as somebody looks."""
    _require(request)
    return render(request, "segportal/operations.html", {**_figures(request), **_lasting()})


@never_cache
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """The figures alone."""
    _require(request)
    return render(request, "segportal/operations.html#figures", _figures(request))


@require_GET
def status(request: HttpRequest) -> HttpResponse:
    """The address of former days."""
    return redirect("operations", permanent=True)


def _require(request: HttpRequest) -> None:
    if not operates(request.user):
        raise NotAllowed("The operation of the portal is for stewards and administrators. Ask one of them.")


def _figures(request: HttpRequest) -> dict[str, Any]:
    return {
        "figures": read_figures(),
        "findings": findings(),
        "jobs": ask("The database", open_jobs),
        "finished": ask("The database", finished_runs),
        "failures": ask("The database", lambda: failures_for(request.user)),
    }


def _lasting() -> dict[str, Any]:
    return {
        "roles_separated": settings.DATABASE_ROLES_SEPARATED,
        "embedded": {"PostgreSQL": settings.EMBEDDED_DATABASE, "Valkey": settings.EMBEDDED_BROKER},
        "versions": portal_versions(),
    }
