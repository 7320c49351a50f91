"""The past as pages: how a segment came to its size, who came and went between two instants, a customer's moves."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common.clock import now
from common.errors import DomainError
from common.web import is_htmx
from customers.selectors import customer_for
from memberships import selectors
from memberships.policies import MembershipPolicy
from memberships.web.history_forms import PeriodForm, TimelineForm
from memberships.web.parts import segment_page
from taxonomy.selectors import segment_for, segments_for

PER_PAGE = 50
MOVERS_PER_PAGE = 20
_PERIODS = ((7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "A year"))


@require_GET
def history(request: HttpRequest, key: str) -> HttpResponse:
    """The size of a segment over time, and what made it move in a period."""
    context = segment_page(request.user, key, here="History")
    form = PeriodForm(request.GET)
    context |= {"form": form, "history": selectors.size_history(key), "periods": _periods(request)}
    if form.is_valid():
        context |= _moved(request, key, form)
    response = render(request, "memberships/history.html", context, status=200 if form.is_valid() else 422)
    response["Cache-Control"] = "private, no-store"
    return response


def _periods(request: HttpRequest) -> list[dict[str, Any]]:
    until = now()
    return [
        {"label": label, "query": f"?since={until - timedelta(days=days):%Y-%m-%dT%H:%M}"} for days, label in _PERIODS
    ]


def _moved(request: HttpRequest, key: str, form: PeriodForm) -> dict[str, Any]:
    since, until = form.period
    try:
        found = selectors.movement(key, since, until)
    except DomainError as error:
        return {"trouble": error.detail}
    reason = MembershipPolicy().reason(request.user, "view_members")
    context = {"movement": found, "steps": waterfall(found), "why_not": reason}
    if reason is None:
        after = (_ordinal(request, "came"), _ordinal(request, "went"))
        compared = selectors.compared(
            viewer=request.user, key=key, since=since, until=until, after=after, limit=MOVERS_PER_PAGE
        )
        context |= {"compared": compared, **_onward(request, form, compared)}
    return context


def waterfall(found: selectors.Movement) -> list[dict[str, Any]]:
    """For each cause where its bar begins and how long it is, in percent of the widest size on the way."""
    reached, steps = found.before.size, []
    for row in found.rows:
        steps.append((row, min(reached, reached + row.net), abs(row.net)))
        reached += row.net
    whole = max([found.before.size, found.after.size, 1, *(low + length for _, low, length in steps)])
    return [{"row": row, "x": 100 * low / whole, "width": 100 * length / whole} for row, low, length in steps]


def _ordinal(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1


def _onward(request: HttpRequest, form: PeriodForm, compared: selectors.Comparison) -> dict[str, str]:
    """Addresses of the next page of either list, on the same two instants."""
    since, until = form.period
    found = {}
    for name, following in (("came", compared.next_came), ("went", compared.next_went)):
        query = request.GET.copy()
        query["since"], query["until"] = f"{since:%Y-%m-%dT%H:%M:%S}", f"{until:%Y-%m-%dT%H:%M:%S}"
        query[name] = str(following)
        found[f"{name}_url"] = f"?{query.urlencode()}#{name}" if following is not None else ""
    return found


@require_GET
def stability(request: HttpRequest, key: str) -> HttpResponse:
    """How steady a segment was over the last days."""
    segment = segment_for(viewer=request.user, key=key)
    try:
        context: dict[str, Any] = {"found": selectors.stability_of(segment.key, viewer=request.user)}
    except DomainError as error:
        context = {"trouble": error.detail}
    return render(request, "memberships/stability.html", context)


@require_GET
def timeline(request: HttpRequest, external_id: str) -> HttpResponse:
    """Every time that a customer entered or left a segment: a page, or a region of the customer's page."""
    MembershipPolicy().require(request.user, "view_members")
    customer = customer_for(viewer=request.user, external_id=external_id)
    form = TimelineForm(request.GET, segments=segments_for(request.user))
    context: dict[str, Any] = {"external_id": customer.external_id, "form": form, "is_region": is_htmx(request)}
    if form.is_valid():
        context |= _told(request, customer.external_id, form)
    template = "memberships/timeline.html#moves" if is_htmx(request) else "memberships/timeline.html"
    response = render(request, template, context, status=200 if form.is_valid() else 422)
    response["Cache-Control"] = "private, no-store"
    return response


def _told(request: HttpRequest, external_id: str, form: TimelineForm) -> dict[str, Any]:
    before = _ordinal(request, "before")
    page = selectors.timeline_of(
        viewer=request.user,
        external_id=external_id,
        wanted=form.wanted,
        before=before if before > 0 else None,
        limit=5 if is_htmx(request) else PER_PAGE,
    )
    query = request.GET.copy()
    query["before"] = str(page.next)
    return {"page": page, "next_url": f"?{query.urlencode()}" if page.next is not None else ""}
