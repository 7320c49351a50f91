"""Priorities with what they rest on, their weights, and which segments nobody uses."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from aims import policies, selectors
from aims.choices import UNUSED_DAYS
from aims.selectors.priorities import LABELS, Priorities, past_weights
from aims.services.efforts import set_weights
from common.errors import DomainError, NotAllowed
from common.exports import csv_rows


def priorities(request: HttpRequest) -> HttpResponseBase:
    """The segments by priority."""
    policies.aims.require(request.user, "view")
    order = request.GET.get("sort", "score")
    found = selectors.priorities_for(viewer=request.user, order=order)
    if request.GET.get("format") == "csv":
        return _csv(found)
    context = {
        "found": found,
        "order": order,
        "orders": [("score", "Priority"), *LABELS.items(), ("name", "Name")],
        "past": past_weights(),
        "why_not": policies.aims.reason(request.user, "weigh"),
    }
    return render(request, "aims/priorities.html", context)


@require_POST
def weights(request: HttpRequest) -> HttpResponse:
    """Set anew what counts how much."""
    names = [name for name in (*LABELS, "hour_costs") if name in request.POST]
    try:
        row = set_weights(
            actor=request.user,
            weights={name: request.POST[name] for name in names},
            reason=request.POST.get("reason", ""),
        )
        messages.success(request, f"The priorities rest on version {row.number} of the weights now.")
    except NotAllowed:
        raise
    except DomainError as refused:
        messages.error(request, refused.detail)
    return redirect("aims:priorities")


def usage(request: HttpRequest) -> HttpResponse:
    """How much each segment is used; those that nobody uses come first."""
    policies.aims.require(request.user, "view")
    given = request.GET.get("days", "")
    days = min(int(given), 3650) if given.isdecimal() and 0 < len(given) < 5 and int(given) else UNUSED_DAYS
    rows = selectors.usage_for(viewer=request.user, days=days)
    context = {"rows": rows, "days": days, "unused": [row for row in rows if row.total == 0]}
    return render(request, "aims/usage.html", context)


def _csv(found: Priorities) -> StreamingHttpResponse:
    rows = (
        [row.rank, row.key, row.name, None if row.value is None else round(row.value, 1), *(b.words for b in row.basis)]
        for row in found.rows
    )
    answer = StreamingHttpResponse(
        csv_rows(["rank", "segment", "name", "score", *LABELS], rows), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = 'attachment; filename="priorities.csv"'
    return answer
