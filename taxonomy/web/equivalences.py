"""What joins the words of two functions: the list, one of them, and the deeds of those who speak for a function."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from common.errors import DomainError, NotAllowed, NotFound
from common.web import add_errors
from taxonomy import policies
from taxonomy.selectors.equivalences import equivalence_for, equivalences_for, refusal_to_change
from taxonomy.services.equivalences import (
    end_equivalence,
    offer_equivalence,
    rewrite_equivalence,
    sign_equivalence,
)
from taxonomy.web.equivalence_forms import OfferForm, RewriteForm


def equivalences(request: HttpRequest) -> HttpResponse:
    """What joins words of two functions, unsigned ones first."""
    policies.definitions.require(request.user, "view")
    context = {
        "joined": equivalences_for(viewer=request.user),
        "ended": equivalences_for(viewer=request.user, ended=True),
        "tab": "equivalences",
    }
    return render(request, "taxonomy/glossary/equivalences.html", context)


def equivalence(request: HttpRequest, equivalence_id: int) -> HttpResponse:
    """One of them with its text and signatures."""
    return _page(request, equivalence_id)


def offer(request: HttpRequest) -> HttpResponse:
    """The form that joins two words; the address may name them."""
    policies.definitions.require(request.user, "view")
    start = {name: request.GET[name].replace("\x00", "") for name in ("left", "right", "kind") if name in request.GET}
    form = OfferForm(request.POST or None, initial=start, viewer=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = offer_equivalence(actor=request.user, **form.cleaned_data)
        except NotAllowed:
            raise
        except DomainError as refused:
            add_errors(form, refused)
        else:
            messages.success(request, "Offered. It counts once a person of each function has signed it.")
            return redirect("taxonomy:equivalence", made.pk)
    context = {"form": form, "tab": "equivalences"}
    return render(request, "taxonomy/glossary/equivalence_offer.html", context, status=422 if form.errors else 200)


@require_POST
def sign(request: HttpRequest, equivalence_id: int) -> HttpResponse:
    """Sign for a function."""
    function = request.POST.get("function", "")
    return _done(
        request,
        equivalence_id,
        "Signed.",
        lambda version: sign_equivalence(
            actor=request.user, equivalence_id=equivalence_id, version=version, function=function
        ),
    )


@require_POST
def rewrite(request: HttpRequest, equivalence_id: int) -> HttpResponse:
    """Write the text anew."""
    given = {name: request.POST.get(name, "") for name in ("kind", "rule")}
    return _done(
        request,
        equivalence_id,
        "Written anew. Both functions sign again.",
        lambda version: rewrite_equivalence(
            actor=request.user, equivalence_id=equivalence_id, version=version, **given
        ),
    )


@require_POST
def end(request: HttpRequest, equivalence_id: int) -> HttpResponse:
    """End it, with a reason."""
    reason = request.POST.get("reason", "")
    return _done(
        request,
        equivalence_id,
        "Ended.",
        lambda version: end_equivalence(
            actor=request.user, equivalence_id=equivalence_id, version=version, reason=reason
        ),
    )


def _done(request: HttpRequest, equivalence_id: int, words: str, deed: Callable[[int], Any]) -> HttpResponse:
    """Do it to the version that was on screen, say so and show it; a refusal is shown with what was typed."""
    given = request.POST.get("version", "")
    try:
        deed(int(given) if given.isdecimal() and len(given) < 10 else 0)
    except (NotFound, NotAllowed):
        raise
    except DomainError as refused:
        return _page(request, equivalence_id, refused)
    messages.success(request, words)
    return redirect("taxonomy:equivalence", equivalence_id)


def _page(request: HttpRequest, equivalence_id: int, refused: DomainError | None = None) -> HttpResponse:
    found = equivalence_for(viewer=request.user, equivalence_id=equivalence_id)
    typed = request.POST if refused and "rule" in request.POST else None
    form = RewriteForm(typed, initial={"kind": found.row.kind, "rule": found.row.rule})
    functions = (found.row.left_function, found.row.right_function)
    context = {
        "found": found,
        "form": form,
        "refused": refused,
        "why_not_change": refusal_to_change(request.user, functions),
        "tab": "equivalences",
    }
    status = 200 if refused is None else 422 if refused.status == 400 else refused.status
    return render(request, "taxonomy/glossary/equivalence.html", context, status=status)
