"""The status page: what runs, what is protected, what waits to be handed on."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ledger.selectors import dead_handoffs, pending_handoffs
from segportal.web.health import findings


def status(request: HttpRequest) -> HttpResponse:
    """Checks in words, audit protection, hand-offs waiting or given up."""
    context = {
        "findings": findings(),
        "roles_separated": settings.DATABASE_ROLES_SEPARATED,
        "pending_count": pending_handoffs().count(),
        "dead_count": dead_handoffs().count(),
        "embedded": {"PostgreSQL": settings.EMBEDDED_DATABASE, "Valkey": settings.EMBEDDED_BROKER},
    }
    return render(request, "segportal/status.html", context)
