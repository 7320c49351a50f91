"""Pages about people: who is who, my profile, my tokens."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.errors import NoSuchPerson
from accounts.models import User
from accounts.policies import PersonPolicy
from accounts.selectors import people_for, tokens_for
from accounts.services import (
    create_token,
    create_user,
    deactivate_user,
    grant_role,
    reactivate_user,
    revoke_role,
    revoke_token,
)
from accounts.web.forms import GrantForm, PersonForm, TokenForm
from common.errors import DomainError
from common.web import add_errors, paginate
from ledger.selectors import entries_for, lines


def _me(request: HttpRequest) -> User:
    return cast(User, request.user)


def _person(request: HttpRequest, username: str) -> User:
    found = people_for(viewer=request.user).filter(username=username).first()
    if found is None:
        raise NoSuchPerson(f"There is no person “{username}”.")
    return found


def profile(request: HttpRequest) -> HttpResponse:
    """Who I am here and what I did last."""
    recent = lines(entries_for(viewer=request.user, actor=_me(request).username)[:15])
    return render(request, "accounts/profile.html", {"person": _me(request), "recent": recent})


def tokens(request: HttpRequest) -> HttpResponse:
    """My API tokens; a new one is shown this once."""
    form, plain = TokenForm(request.POST or None, person=_me(request)), None
    if request.method == "POST" and form.is_valid():
        _, plain = create_token(actor=_me(request), user_id=_me(request).pk, **form.arguments())
        form = TokenForm(person=_me(request))
    context = {"form": form, "plain": plain, "tokens": tokens_for(viewer=request.user)}
    response = render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """Revoke a token."""
    token = revoke_token(actor=_me(request), token_id=token_id)
    messages.success(request, f"The token “{token.name}” opens nothing any more.")
    return redirect("accounts:tokens")


def people(request: HttpRequest) -> HttpResponse:
    """Who is who."""
    text = request.GET.get("q", "").replace("\x00", "").strip()
    page = paginate(request, people_for(viewer=request.user, text=text), 50)
    context = {"page": page, "text": text, "may_create": PersonPolicy().can(request.user, "create")}
    return render(request, "accounts/people.html", context)


def person_new(request: HttpRequest) -> HttpResponse:
    """Create an account."""
    PersonPolicy().require(request.user, "create")
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            created = create_user(actor=_me(request), **form.arguments())
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, f"{created} can sign in now.")
            return redirect("accounts:person", created.username)
    return render(request, "accounts/person_new.html", {"form": form}, status=422 if form.errors else 200)


def person(request: HttpRequest, username: str) -> HttpResponse:
    """One person: function, roles, what they did last."""
    found = _person(request, username)
    policy = PersonPolicy()
    context = {
        "person": found,
        "recent": lines(entries_for(viewer=request.user, actor=found.username)[:15]),
        "form": GrantForm(),
        "may_grant": policy.can(request.user, "grant"),
        "why_not_deactivate": policy.reason(request.user, "deactivate", found),
    }
    return render(request, "accounts/person.html", context)


@require_POST
def grant(request: HttpRequest, username: str) -> HttpResponse:
    """Grant a role."""
    PersonPolicy().require(request.user, "grant")
    form = GrantForm(request.POST)
    if form.is_valid():
        granted = grant_role(actor=_me(request), user_id=_person(request, username).pk, **form.cleaned_data)
        messages.success(request, f"{username} is {granted.get_role_display()} now.")
    else:
        messages.error(request, "Choose a role.")
    return redirect("accounts:person", username)


@require_POST
def take(request: HttpRequest, username: str) -> HttpResponse:
    """Take a role away."""
    found = _person(request, username)
    role, branch = (request.POST.get(name, "").replace("\x00", "") for name in ("role", "branch"))
    revoke_role(actor=_me(request), user_id=found.pk, role=role, branch=branch)
    messages.success(request, f"{username} no longer holds that role.")
    return redirect("accounts:person", username)


@require_POST
def active(request: HttpRequest, username: str) -> HttpResponse:
    """Deactivate or reactivate."""
    found = _person(request, username)
    change = deactivate_user if found.is_active else reactivate_user
    changed = change(actor=_me(request), user_id=found.pk)
    messages.success(request, f"{changed} is {'active' if changed.is_active else 'deactivated'} now.")
    return redirect("accounts:person", username)
