"""Pages of freezes: what stands still, what stood, the button beside each thing."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from common.actors import Actor
from common.errors import DomainError, NotAllowed
from common.web import add_errors, paginate
from safeguards.choices import Scope
from safeguards.models import Freeze
from safeguards.policies import FreezePolicy
from safeguards.selectors import freeze_for, freeze_of, freezes_for, target_of
from safeguards.services import freeze, lift
from safeguards.web.forms import FreezeForm, LiftForm

policy = FreezePolicy()


@never_cache
@require_GET
def freezes(request: HttpRequest) -> HttpResponse:
    """Everything that stands still, and what stood still before."""
    policy.require(request.user, "view")
    return render(request, "safeguards/freezes.html", _page(request))


@never_cache
@require_GET
def region(request: HttpRequest, scope: str, key: str = "") -> HttpResponse:
    """Whether one thing is frozen, and the button to freeze it or lift that; for the page of the thing."""
    policy.require(request.user, "view")
    target = target_of(scope, key)
    stop = freeze_of(scope, key)
    context = {
        "target": target,
        "line": _line(request, stop) if stop else None,
        "why_not": policy.reason(request.user, "freeze", target),
        "form": FreezeForm(scope=scope, key=key),
    }
    return render(request, "safeguards/region.html", context)


@never_cache
@require_GET
def standing(request: HttpRequest) -> HttpResponse:
    """What stands still, for the page of operations."""
    policy.require(request.user, "view")
    lines = [_line(request, found) for found in freezes_for(viewer=request.user, state="in_force")]
    return render(request, "safeguards/now.html", {"lines": lines})


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Freeze."""
    form = FreezeForm(request.POST)
    if form.is_valid():
        try:
            made = freeze(actor=cast(Actor, request.user), **form.cleaned_data)
        except NotAllowed:
            raise
        except DomainError as refused:
            add_errors(form, refused)
        else:
            target = target_of(made.scope, made.key)
            messages.success(request, f"{target.title} is frozen. Whom it concerns has been told.")
            return redirect(target.url)
    is_offered = form.data.get("scope") == Scope.ACTIVATION and freeze_of(Scope.ACTIVATION) is None
    again = {"form": form} if is_offered else {"failed": form}
    return render(request, "safeguards/freezes.html", _page(request) | again, status=422)


@require_POST
def end(request: HttpRequest, freeze_id: int) -> HttpResponse:
    """Lift a freeze."""
    found = freeze_for(viewer=request.user, freeze_id=freeze_id)
    target = target_of(found.scope, found.key)
    try:
        lift(actor=cast(Actor, request.user), freeze_id=freeze_id, reason=request.POST.get("reason", ""))
    except NotAllowed:
        raise
    except DomainError as refused:
        messages.error(request, refused.detail)
        return redirect("safeguards:freezes")
    messages.success(request, f"{target.title} goes on. What waited meanwhile is being caught up with.")
    return redirect(target.url)


def _line(request: HttpRequest, found: Freeze) -> dict[str, Any]:
    target = target_of(found.scope, found.key)
    why_not = policy.reason(request.user, "lift", target)
    return {"freeze": found, "target": target, "why_not": why_not, "form": LiftForm(freeze_id=found.pk)}


def _page(request: HttpRequest) -> dict[str, Any]:
    everything = target_of(Scope.ACTIVATION)
    page = paginate(request, freezes_for(viewer=request.user, state="lifted"), 30)
    return {
        "lines": [_line(request, found) for found in freezes_for(viewer=request.user, state="in_force")],
        "page": page,
        "past": [{"freeze": found, "target": target_of(found.scope, found.key)} for found in page.object_list],
        "is_all_frozen": freeze_of(Scope.ACTIVATION) is not None,
        "why_not": policy.reason(request.user, "freeze", everything),
        "form": FreezeForm(scope=Scope.ACTIVATION),
    }
