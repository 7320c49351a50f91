"""The page of a segment's members, and its export."""

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common.errors import DomainError
from common.exports import csv_rows
from memberships import selectors
from memberships.policies import MembershipPolicy
from memberships.web.forms import MembersForm
from memberships.web.parts import segment_page
from taxonomy.selectors import segment_for

PER_PAGE = 50


@require_GET
def members(request: HttpRequest, key: str) -> HttpResponse:
    """Who is in the segment, now or at an instant."""
    context = segment_page(request.user, key)
    form = MembersForm(request.GET)
    reason = MembershipPolicy().reason(request.user, "view_members")
    context |= {"form": form, "why_not": reason, "size": selectors.size_of(key)}
    if reason is None and form.is_valid():
        context |= _found(request, key, form)
    status = 403 if reason else 200 if form.is_valid() else 422
    response = render(request, "memberships/members.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _found(request: HttpRequest, key: str, form: MembersForm) -> dict[str, Any]:
    at, customer = form.cleaned_data["at"], form.cleaned_data["customer"].strip()
    try:
        after = _number(request, "after", -1)
        if customer and "after" not in request.GET:
            after = selectors.ordinal_before(viewer=request.user, external_id=customer)
        page = selectors.members_page_for(
            viewer=request.user,
            key=key,
            at=at,
            after=after,
            limit=PER_PAGE,
            begin=_begin(request),
        )
    except DomainError as error:
        return {"trouble": error.detail}
    is_missing = bool(customer) and "after" not in request.GET and customer not in page.external_ids[:1]
    query = request.GET.copy()
    query["after"], position = str(page.next), page.position
    query["snapshot"], query["through"] = str(position.snapshot_id), str(position.through)
    return {
        "page": page,
        "at": at,
        "rows": selectors.entered_since(key, page.external_ids, at),
        "missing": customer if is_missing else "",
        "next_url": f"?{query.urlencode()}" if page.next is not None else "",
    }


def _begin(request: HttpRequest) -> tuple[int, int] | None:
    """The state on which a walk over pages began."""
    snapshot, through = _number(request, "snapshot", None), _number(request, "through", None)
    return None if snapshot is None or through is None else (snapshot, through)


def _number(request: HttpRequest, name: str, otherwise: Any) -> Any:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else otherwise


@require_GET
def export(request: HttpRequest, key: str) -> StreamingHttpResponse:
    """All members as CSV, streamed from one state."""
    segment = segment_for(viewer=request.user, key=key)
    MembershipPolicy().require(request.user, "view_members")
    form = MembersForm(request.GET)
    at = form.cleaned_data["at"] if form.is_valid() else None
    stamp = selectors.stamp_at(segment.key, at)
    rows = ([external_id] for external_id in selectors.member_ids(segment.key, stamp.position))
    response = StreamingHttpResponse(csv_rows(["external_id"], rows), content_type="text/csv; charset=utf-8")
    name = f"{segment.key}-version-{stamp.version_number}-run-{stamp.run_id}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
