"""The pages of transitions, retention and overlaps."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from common.clock import now
from common.errors import DomainError
from memberships.policies import MembershipPolicy
from memberships.selectors.masked_previews import said
from memberships.selectors.overlap_matrix import Overlaps, overlaps_for
from memberships.selectors.retention import PERIODS, retention_for
from memberships.selectors.transitions import Matrix, first_published_at, matrix_for, movers_for
from memberships.web.list_forms import EndsForm
from memberships.web.parts import segment_page
from taxonomy.policies import segments
from taxonomy.selectors import newest_versions_for

MATRIX_UP_TO = 30
_MONTH = timedelta(days=30)
_MINUTE = timedelta(minutes=1)


@require_GET
def transitions(request: HttpRequest) -> HttpResponse:
    """From where to where customers moved between two instants."""
    segments.require(request.user, "view")
    form = EndsForm(_ends(request), families=_families(request.user))
    context: dict[str, Any] = {"form": form, "may_list": MembershipPolicy().can(request.user, "view_members")}
    if form.is_valid():
        asked = form.cleaned_data
        try:
            found = matrix_for(
                viewer=request.user, family=asked["family"], began_at=asked["began"], ended_at=asked["ended"]
            )
            told = {name: said(getattr(found, name), exact=found.exact) for name in ("moved", "stayed")}
            context |= {"found": found, "rows": _linked(found, request), **told}
        except DomainError as error:
            context["trouble"] = error.detail
    return render(request, "memberships/transitions.html", context, status=200 if form.is_valid() else 422)


def _ends(request: HttpRequest) -> dict[str, str]:
    """What the address asks; a month back where it asks nothing, or to where history begins."""
    given, back = request.GET, now() - _MONTH
    first = None if given.get("from") else first_published_at()
    began = max(back, first + _MINUTE) if first else back
    return {
        "family": given.get("family", ""),
        "began": given.get("from", "") or f"{min(began, now() - _MINUTE):%Y-%m-%dT%H:%M}",
        "ended": given.get("to", ""),
    }


def _linked(found: Matrix, request: HttpRequest) -> list[tuple[Any, list[tuple[Any, str]]]]:
    """Each row with its cells, and where the customers of each cell are."""
    ends = _ends(request)
    base = {"family": found.family, "from": ends["began"], "to": ends["ended"]}
    address = reverse("memberships:transition-customers")
    return [
        (
            row,
            [(cell, f"{address}?{urlencode({**base, 'row': cell.row, 'column': cell.column})}") for cell in row.cells],
        )
        for row in found.rows
    ]


def _families(viewer: Any) -> list[tuple[str, str]]:
    rows = [(row.segment.key, row.name) for row in newest_versions_for(viewer)]
    return [("", "All markets"), *sorted(rows, key=lambda row: row[1].casefold())]


@require_GET
def movers(request: HttpRequest) -> HttpResponse:
    """The customers of one cell."""
    form = EndsForm(_ends(request), families=_families(request.user))
    given, asked = request.GET, form.cleaned_data if form.is_valid() else {}
    after = given.get("after", "")
    context: dict[str, Any] = {"why_not": MembershipPolicy().reason(request.user, "view_members"), "title": "Who moved"}
    back = {name: given.get(name, "") for name in ("family", "from", "to")}
    crumb = {"label": "Transitions", "href": f"{reverse('memberships:transitions')}?{urlencode(back)}"}
    context["breadcrumb"] = [crumb, {"label": "Customers"}]
    if not context["why_not"] and asked:
        context |= _moved(request, asked, int(after) if after.isascii() and after.isdigit() and len(after) < 19 else -1)
    response = render(request, "memberships/movers.html", context, status=403 if context["why_not"] else 200)
    response["Cache-Control"] = "private, no-store"
    return response


def _moved(request: HttpRequest, asked: dict[str, Any], after: int) -> dict[str, Any]:
    try:
        page = movers_for(
            viewer=request.user,
            family=asked["family"],
            began_at=asked["began"],
            ended_at=asked["ended"],
            row=request.GET.get("row", ""),
            column=request.GET.get("column", ""),
            after=after,
        )
    except DomainError as error:
        return {"trouble": error.detail}
    query = request.GET.copy()
    query["after"] = str(page.next)
    title = f"{page.before.name} → {page.after.name}"
    return {"page": page, "title": title, "next_url": f"?{query.urlencode()}" if page.next is not None else ""}


@require_GET
def retention(request: HttpRequest, key: str) -> HttpResponse:
    """Who stays in a segment, by month or week of entry."""
    context = segment_page(request.user, key, "Retention")
    period = request.GET.get("period", "month")
    period = period if period in PERIODS else "month"
    try:
        context |= {"found": (found := retention_for(viewer=request.user, key=key, period=period))}
        context["columns"] = list(range(found.widest))
    except DomainError as error:
        context["trouble"] = error.detail
    return render(request, "memberships/retention.html", context | {"period": period})


@require_GET
def overlaps(request: HttpRequest) -> HttpResponse:
    """How segments overlap, the most surprising pairs first."""
    segments.require(request.user, "view")
    context: dict[str, Any] = {"family": request.GET.get("family", ""), "families": _families(request.user)}
    context |= {"may_list": MembershipPolicy().can(request.user, "view_members"), "up_to": MATRIX_UP_TO}
    try:
        found = overlaps_for(viewer=request.user, family=context["family"])
        context |= {"found": found, "surprising": found.surprising(), "matrix": _matrix(found)}
    except DomainError as error:
        context["trouble"] = error.detail
    return render(request, "memberships/overlaps.html", context)


def _matrix(found: Overlaps) -> list[tuple[int, Any, list[Any]]]:
    """Row by row the lower half: (number, segment, its pairs with those before it); none when there are too many."""
    if len(found.places) > MATRIX_UP_TO:
        return []
    return [
        (number + 1, place, [found.pair(other, number) for other in range(number)])
        for number, place in enumerate(found.places)
    ]
