"""The pages of lists: composing one with a live count, the lists, one list."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.actors import Actor
from common.errors import DomainError
from common.web import add_errors, paginate
from common.web.limits import rule_question
from customers.selectors import external_ids
from memberships.models import CustomerList
from memberships.policies import ListPolicy
from memberships.rules.set_expressions import added, parsed, parts_of, text_of, without
from memberships.selectors import lists as selectors
from memberships.selectors.set_algebra import selection_for
from memberships.services.lists import discard_list, keep_list, make_anew, restore_list
from memberships.web.list_forms import AskedForm, KeepForm
from taxonomy.policies import segments
from taxonomy.selectors import newest_versions_for

PER_PAGE = 50
_SHOWN = 20


@require_GET
def lists(request: HttpRequest) -> HttpResponse:
    """The lists that were kept, newest first."""
    policy = ListPolicy()
    rows = selectors.lists_for(viewer=request.user)
    if not request.GET.get("discarded"):
        rows = rows.filter(discarded_at=None)
    context = {
        "page": paginate(request, rows),
        "why_not": policy.reason(request.user, "view"),
        "with_discarded": bool(request.GET.get("discarded")),
    }
    return render(request, "memberships/lists.html", context, status=403 if context["why_not"] else 200)


@require_http_methods(["GET", "POST"])
@rule_question
def new(request: HttpRequest) -> HttpResponse:
    """A form that composes a list, and that keeps it."""
    segments.require(request.user, "view")
    if request.method != "POST":
        return render(request, "memberships/list_new.html", _composed(request.user, request.GET))
    form = KeepForm(request.POST)
    if form.is_valid():
        try:
            kept = keep_list(
                actor=cast(Actor, request.user),
                **{**form.cleaned_data, "expression": parsed(form.cleaned_data["expression"])},
            )
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, f"“{kept.name}” is kept with {kept.size:,} customers.")
            return redirect("memberships:list", list_id=kept.pk)
    return render(
        request, "memberships/list_new.html", _composed(request.user, request.POST) | {"form": form}, status=422
    )


@require_POST
@rule_question
def compose(request: HttpRequest) -> HttpResponse:
    """The composer, or its count alone, while somebody composes; keeps nothing."""
    segments.require(request.user, "view")
    part = "found" if request.headers.get("HX-Target") == "list-found" else "composer"
    return render(request, f"memberships/list_new.html#{part}", _composed(request.user, request.POST))


def _composed(viewer: Any, given: Any) -> dict[str, Any]:
    """What is asked so far, changed by what was pressed, and whom it selects."""
    asked = AskedForm(given if given else None)
    context: dict[str, Any] = {"why_not": ListPolicy().reason(viewer, "keep"), "choices": _choices(viewer)}
    text = str(given.get("expression", "")).strip()
    try:
        tree = parsed(text) if text else None
        if given.get("join") and given.get("segment"):
            tree = added(tree, given["join"], given["segment"])
        remove = str(given.get("remove", ""))
        if remove.isascii() and remove.isdigit() and len(remove) < 6:
            tree = without(tree, int(remove))
        context["parts"] = [(word, text_of(part)) for word, part in parts_of(tree)]
        text = (
            text_of(tree) if tree is not None and (given.get("join") or given.get("remove")) else text if tree else ""
        )
        if tree is not None and asked.is_valid():
            context["found"] = selection_for(viewer=viewer, expression=tree, at=asked.cleaned_data["at"])
    except DomainError as error:
        context["trouble"] = error.detail
    initial = {
        "expression": text,
        "at": given.get("at", ""),
        "name": given.get("name", ""),
        "note": given.get("note", ""),
    }
    return context | {"form": KeepForm(initial=initial), "asked": asked}


def _choices(viewer: Any) -> list[tuple[str, str]]:
    rows = newest_versions_for(viewer).filter(segment__status="active")
    return sorted(((row.segment.key, row.name) for row in rows), key=lambda row: row[1].casefold())


@require_GET
def one(request: HttpRequest, list_id: int) -> HttpResponse:
    """One list: whom it holds, what it was made of, and what can be done with it."""
    found = selectors.list_for(viewer=request.user, list_id=list_id)
    given = request.GET.get("after", "")
    after = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else -1
    context = {"list": found, "text": selectors.text_of(found), "grounds": selectors.grounds_of(found)}
    context |= {
        "why_no_discard": ListPolicy().reason(request.user, "discard", found),
        "others": _others(request.user, found),
    }
    if found.discarded_at is None:
        page = selectors.list_page(viewer=request.user, list_id=list_id, after=after, limit=PER_PAGE)
        context |= {"page": page, "next_url": f"?after={page.next}" if page.next is not None else ""}
        context |= _against(request, found)
    response = render(request, "memberships/list.html", context | {"consequences": _consequences(found)})
    response["Cache-Control"] = "private, no-store"
    return response


def _consequences(found: CustomerList) -> tuple[str, ...]:
    return (
        f"The {found.size:,} customers leave the list; the page stays and says what it was made of.",
        "You can bring it back for as long as the history of its segments is kept.",
    )


def _others(viewer: Any, found: CustomerList) -> list[CustomerList]:
    """Lists to compare with, those of the same expression first."""
    rows = selectors.lists_for(viewer=viewer).filter(discarded_at=None).exclude(pk=found.pk)[:100]
    return sorted(rows, key=lambda row: (row.expression != found.expression, -row.pk))[:30]


def _against(request: HttpRequest, found: CustomerList) -> dict[str, Any]:
    """The list against the one that the address names."""
    given = request.GET.get("compare", "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        return {}
    try:
        other = selectors.list_for(viewer=request.user, list_id=int(given))
        compared = selectors.compared(viewer=request.user, first_id=found.pk, second_id=other.pk)
    except DomainError as error:
        return {"compare_trouble": error.detail}
    some = {
        name: external_ids(list(members[:_SHOWN]))
        for name, members in (("mine", compared.only_first), ("theirs", compared.only_second))
    }
    return {
        "other": other,
        "compared": compared,
        "some": some,
        "counts": (len(compared.only_first), len(compared.only_second)),
    }


@require_POST
def anew(request: HttpRequest, list_id: int) -> HttpResponse:
    """Make the list anew, of the members of now, and compare the two."""
    made = make_anew(actor=cast(Actor, request.user), list_id=list_id)
    messages.success(request, f"Made anew with {made.size:,} customers; the old list stays as it was.")
    return redirect(f"{reverse('memberships:list', args=[made.pk])}?compare={list_id}")


@require_POST
def discard(request: HttpRequest, list_id: int) -> HttpResponse:
    """Discard the list."""
    found = discard_list(actor=cast(Actor, request.user), list_id=list_id)
    messages.success(request, f"“{found.name}” is discarded. It can be brought back from here.")
    return redirect("memberships:list", list_id=list_id)


@require_POST
def restore(request: HttpRequest, list_id: int) -> HttpResponse:
    """Bring a discarded list back."""
    found = restore_list(actor=cast(Actor, request.user), list_id=list_id)
    messages.success(request, f"“{found.name}” is back with {found.size:,} customers.")
    return redirect("memberships:list", list_id=list_id)
