"""What a request needs, who stands aside, and who from outside is asked, on the request page; and the deeds of it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from common.clock import now
from common.errors import DomainError, NotFound
from reviews.choices import DECIDED, AsideKind, State
from reviews.models import Declaration, Invitation
from reviews.policies import barred_voters, seats_of
from reviews.selectors import Detail, request_for
from reviews.selectors.requirement import missing_demands
from reviews.services.invitations import DAYS, MOST_DAYS, invite_again, invite_outsider, revoke_invitation
from reviews.services.requirements import BEFORE_SUBMISSION, preview_requirement
from reviews.services.standing_aside import stand_aside, withdraw_declaration


class InviteForm(forms.Form):
    """Somebody from outside who shall be asked."""

    name = forms.CharField(max_length=120)
    email = forms.EmailField(label="Mail address")
    organisation = forms.CharField(max_length=120, required=False)
    question = forms.CharField(max_length=600, required=False, help_text="What you want to know from them.")
    days = forms.IntegerField(label="Days the link works", min_value=1, max_value=MOST_DAYS, initial=DAYS)


def rights_part(viewer: Any, detail: Detail) -> dict[str, Any]:
    """The requirement with its reasons, declarations and invitations of the request."""
    request = detail.request
    aside = Declaration.objects.filter(request_id=request.pk, withdrawn_at__isnull=True)
    invited = Invitation.objects.filter(request_id=request.pk).select_related("invited_by", "revision", "replacement")
    is_open = request.state not in DECIDED
    is_member = request.board_id in seats_of(viewer)
    return {
        "requirement": request.requirement if request.state not in BEFORE_SUBMISSION else {},
        "is_before_submission": request.state in BEFORE_SUBMISSION,
        "declarations": list(aside.select_related("person", "declared_by").order_by("pk")),
        "may_stand_aside": is_open and is_member,
        "aside_kinds": AsideKind.choices,
        "invitations": [row for row in invited.order_by("pk") if not hasattr(row, "replacement")],
        "invitations_now": now(),
        "may_invite": is_member and request.state == State.IN_REVIEW and viewer.pk not in barred_voters(request),
        "in_place_of": detail.eligibility.in_place_of,
    }


def requirement(request: HttpRequest, request_id: int) -> HttpResponse:
    """What a draft would need if it were submitted now, for its page, and the condition that asks for each part."""
    found = request_for(viewer=request.user, request_id=request_id)
    preview = preview_requirement(viewer=request.user, request=found)
    found.requirement = preview.requirement
    context = {
        "found": found,
        "requirement": preview.requirement,
        "standing": preview.standing,
        "unsaid": missing_demands(found),
    }
    return render(request, "reviews/requirement_region.html", context)


def _done(request: HttpRequest, request_id: int, words: str, deed: Any) -> HttpResponse:
    try:
        deed()
        messages.success(request, words)
    except NotFound:
        raise
    except DomainError as refused:
        messages.error(request, refused.detail)
    return redirect("reviews:request", request_id)


@require_POST
def aside(request: HttpRequest, request_id: int) -> HttpResponse:
    """Stand aside from deciding."""
    given = {name: request.POST.get(name, "") for name in ("kind", "reason")}
    return _done(
        request,
        request_id,
        "You stand aside. The others decide.",
        lambda: stand_aside(actor=request.user, request_id=request_id, **given),
    )


@require_POST
def aside_withdraw(request: HttpRequest, request_id: int, declaration_id: int) -> HttpResponse:
    """Decide again."""
    return _done(
        request,
        request_id,
        "The declaration is withdrawn.",
        lambda: withdraw_declaration(actor=request.user, declaration_id=declaration_id),
    )


@require_POST
def invite(request: HttpRequest, request_id: int) -> HttpResponse:
    """Ask somebody from outside; the link goes to them by mail and is shown to nobody."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("reviews:request", request_id)
    return _asked(
        request,
        request_id,
        lambda: invite_outsider(actor=request.user, request_id=request_id, **form.cleaned_data),
    )


@require_POST
def invite_anew(request: HttpRequest, request_id: int, invitation_id: int) -> HttpResponse:
    """Send the same person another link; the earlier one leads nowhere."""
    return _asked(request, request_id, lambda: invite_again(actor=request.user, invitation_id=invitation_id))


def _asked(request: HttpRequest, request_id: int, deed: Callable[[], Invitation]) -> HttpResponse:
    try:
        made = deed()
    except NotFound:
        raise
    except DomainError as refused:
        messages.error(request, refused.detail)
        return redirect("reviews:request", request_id)
    if made.mailed_at:
        messages.success(request, f"A mail with a link is on its way to {made.email}. {_where_mails_go()}")
    else:
        messages.warning(request, f"The mail server did not take the mail to {made.email}. Send another link later.")
    return redirect("reviews:request", request_id)


def _where_mails_go() -> str:
    """Where whoever tries the portal out on their own machine finds its mails; nothing where they leave it."""
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        return "This portal has no mail server: its mails are files in the folder mail of its data directory."
    return "Nobody else sees it, you neither."


@require_POST
def uninvite(request: HttpRequest, request_id: int, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    return _done(
        request,
        request_id,
        "The link leads nowhere now.",
        lambda: revoke_invitation(actor=request.user, invitation_id=invitation_id),
    )
