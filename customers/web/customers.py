"""Pages of the customers."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from common.actors import Actor
from common.web import is_htmx, paginate
from customers import selectors
from customers.errors import MergedAway
from customers.models import Attribute
from customers.policies import CustomerPolicy, ImportPolicy
from customers.selectors import CustomerRecord
from customers.selectors.events import event_lines, event_names_of, events_of, known_as
from customers.services.erasure import erase_customer
from customers.web.values import profile_parts, shown_value

policy = CustomerPolicy()
_COLUMNS = 4
_LAST_EVENTS = 8
ERASE_CONSEQUENCES = (
    "Every value, every event, the ids and the rows in quarantine are removed for good; nothing brings them back.",
    "The customer leaves all segments with the next run.",
    "The ledger keeps that somebody was erased, when, by whom and why, without the id.",
)


def _columns(request: HttpRequest, attributes: list[Attribute]) -> list[Attribute]:
    """The attributes that the address names; else those that rules use most likely: live ones first."""
    asked = request.GET.getlist("column")
    chosen = [attribute for attribute in attributes if attribute.key in asked]
    return chosen or sorted(attributes, key=lambda one: not one.is_live)[:_COLUMNS]


@never_cache
def customers(request: HttpRequest) -> HttpResponse:
    """Customers by id, with the attributes that the viewer chose among those they may see."""
    policy.require(request.user, "view")
    text = request.GET.get("q", "")[:200]
    # Computed values stand on the page of a customer: for a list of them they are what segments are for.
    attributes = list(selectors.attributes_for(viewer=request.user).filter(derivation__isnull=True))
    columns = _columns(request, attributes)
    page = paginate(request, selectors.search_for(viewer=request.user, text=text))
    context = {
        "text": text,
        "attributes": attributes,
        "columns": columns,
        "page": page,
        "rows": [(row, [(c, shown_value(c.type, row.attributes.get(c.key))) for c in columns]) for row in page],
        "can_import": ImportPolicy().can(request.user, "run"),
    }
    return render(request, "customers/list.html#results" if is_htmx(request) else "customers/list.html", context)


@never_cache
def customer(request: HttpRequest, external_id: str) -> HttpResponse:
    """One customer: the play to run now, the segments and why, the profile; or into whom the customer was merged."""
    try:
        record = selectors.customer_for(viewer=request.user, external_id=external_id)
    except MergedAway as merged:
        context = {"external_id": external_id, "survivor": merged.extra["merged_into"]}
        return render(request, "customers/merged.html", context, status=merged.status)
    return render(request, "customers/customer.html", _profile_context(request, record))


def _profile_context(request: HttpRequest, record: CustomerRecord) -> dict[str, Any]:
    attributes = list(selectors.attributes_for(viewer=request.user))
    freshness = selectors.freshness_of(viewer=request.user)
    parts = profile_parts(record, attributes, freshness)
    given = {line.source.source.key: line.source for part in parts for line in part.known if line.source}
    return {
        "record": record,
        "parts": parts,
        "known_as": known_as(record),
        "sources": sorted(given.values(), key=lambda line: line.source.name),
        "known_count": len(record.attributes),
        "attribute_count": len(attributes),
        "may_erase": policy.can(request.user, "erase"),
        "erase_consequences": ERASE_CONSEQUENCES,
    }


@never_cache
def customer_events(request: HttpRequest, external_id: str) -> HttpResponse:
    """What the customer did, newest first: the last few for the customer's page, else all of them page by page."""
    record = selectors.customer_for(viewer=request.user, external_id=external_id)
    is_region, name = is_htmx(request), request.GET.get("name", "")[:200]
    page = paginate(request, events_of(record, name=name), _LAST_EVENTS if is_region else 50)
    context = {
        "record": record,
        "page": page,
        "lines": event_lines(viewer=request.user, events=page),
        "name": name,
        "names": () if is_region else event_names_of(record),
    }
    return render(request, f"customers/customer_events.html{'#region' if is_region else ''}", context)


@require_POST
def erase(request: HttpRequest, external_id: str) -> HttpResponse:
    """Erase one customer for the given reason."""
    selectors.customer_for(viewer=request.user, external_id=external_id)
    reason = request.POST.get("reason", "")
    ordinal = erase_customer(actor=cast(Actor, request.user), external_id=external_id, reason=reason)
    messages.success(request, f"The customer was erased; ordinal {ordinal} stays empty.")
    return redirect("customers:list")
