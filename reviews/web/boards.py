"""Boards: the list, one of them, their set-up and their seats."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.choices import Function
from accounts.selectors import people
from common.errors import DomainError, NotAllowed
from common.web import add_errors
from reviews.choices import EXPIRES_DAYS, USUAL_TYPES, RejectOn, SubjectType
from reviews.models import Board
from reviews.policies import BoardPolicy
from reviews.selectors import board_for, boards_for, open_seats, past_seats, policy_of, requests_for
from reviews.services.boards import define_board, seat_member, unseat_member
from reviews.web.wording import policy_sentences


class BoardForm(forms.Form):
    """A board as it shall stand."""

    key = forms.CharField(max_length=63, help_text="Small letters, digits, - and _. It stays for good.")
    name = forms.CharField(max_length=120)
    description = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2}), required=False, help_text="What it cares about."
    )
    branches = forms.CharField(
        required=False,
        help_text="Keys of segments, separated by spaces; it decides there and below. Empty: everything.",
    )
    subject_types = forms.MultipleChoiceField(
        label="Decides about",
        choices=SubjectType.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=list(USUAL_TYPES),
    )
    quorum = forms.IntegerField(
        min_value=1, max_value=1000, initial=2, help_text="How many approvals in all. Nobody approves what they wrote."
    )
    reject_on = forms.ChoiceField(label="A rejection", choices=RejectOn.choices, initial=RejectOn.ANY)
    expires_days = forms.IntegerField(
        label="Days until a request expires", min_value=1, max_value=1000, initial=EXPIRES_DAYS
    )

    def __init__(self, *args: Any, board: Board | None = None, **options: Any) -> None:
        if board is not None:
            options["initial"] = _initial(board)
        super().__init__(*args, **options)
        if board is not None:
            del self.fields["key"]
        for function, label in Function.choices:
            self.fields[f"required_{function}"] = forms.IntegerField(
                label=f"Approvals from {label.lower()}", min_value=0, max_value=1000, required=False
            )

    def arguments(self) -> dict[str, Any]:
        """Arguments for `define_board`."""
        given = self.cleaned_data
        required = {name: given[f"required_{name}"] for name in Function.values if given.get(f"required_{name}")}
        return {
            "name": given["name"],
            "description": given["description"],
            "branches": given["branches"].split(),
            "subject_types": given["subject_types"],
            "policy": {**{name: given[name] for name in ("quorum", "reject_on", "expires_days")}, "required": required},
        }


def _initial(board: Board) -> dict[str, Any]:
    plain = {name: getattr(board, name) for name in ("name", "description", "subject_types")}
    policy = {name: board.policy[name] for name in ("quorum", "reject_on", "expires_days")}
    required = {f"required_{name}": number for name, number in board.policy["required"].items()}
    return {**plain, **policy, **required, "branches": " ".join(board.branches)}


class SeatForm(forms.Form):
    """A person who shall sit in a board."""

    username = forms.ChoiceField(label="Person")
    function = forms.ChoiceField(label="For", choices=Function.choices)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        listed = self.fields["username"]
        assert isinstance(listed, forms.ChoiceField)  # noqa: S101  (declared above)
        listed.choices = [("", "Choose a person"), *((person.get_username(), str(person)) for person in people())]


def boards(request: HttpRequest) -> HttpResponse:
    """All boards."""
    rows = [(board, policy_sentences(policy_of(board))) for board in boards_for(viewer=request.user)]
    why_not = BoardPolicy().reason(request.user, "define")
    return render(request, "reviews/boards.html", {"boards": rows, "why_not": why_not})


def board(request: HttpRequest, key: str) -> HttpResponse:
    """One board: seats, policy in words, what is before it."""
    return _board_page(request, key)


def _board_page(request: HttpRequest, key: str, form: SeatForm | None = None) -> HttpResponse:
    found = board_for(viewer=request.user, key=key)
    rows = requests_for(viewer=request.user).filter(board=found)
    context = {
        "board": found,
        "policy": policy_sentences(policy_of(found)),
        "seats": open_seats(found),
        "past": past_seats(found)[:20],
        "in_review": rows.filter(state="in_review").order_by("submitted_at"),
        "recent": rows.exclude(state="in_review").exclude(state="draft")[:10],
        "form": form or SeatForm(),
        "why_not": BoardPolicy().reason(request.user, "seat"),
    }
    return render(request, "reviews/board.html", context, status=422 if form and form.errors else 200)


def define(request: HttpRequest) -> HttpResponse:
    """A new board."""
    BoardPolicy().require(request.user, "define")
    form = BoardForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _defined(request, form, form.cleaned_data["key"]):
        return redirect("reviews:board", form.cleaned_data["key"])
    return render(request, "reviews/board_form.html", {"form": form}, status=422 if form.errors else 200)


def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Another policy, name or place for a board."""
    found = board_for(viewer=request.user, key=key)
    BoardPolicy().require(request.user, "define")
    form = BoardForm(request.POST or None, board=found)
    if request.method == "POST" and form.is_valid() and _defined(request, form, key):
        return redirect("reviews:board", key)
    context = {"form": form, "board": found}
    return render(request, "reviews/board_form.html", context, status=422 if form.errors else 200)


def _defined(request: HttpRequest, form: BoardForm, key: str) -> bool:
    given = request.POST.get("version", "")
    version = int(given) if given.isdecimal() and len(given) < 10 else None
    try:
        define_board(actor=request.user, key=key, lock_version=version, **form.arguments())
    except NotAllowed:
        raise
    except DomainError as refused:
        add_errors(form, refused)
        return False
    messages.success(request, "The board stands as you wrote it.")
    return True


@require_POST
def seat(request: HttpRequest, key: str) -> HttpResponse:
    """Seat somebody."""
    form = SeatForm(request.POST)
    if not form.is_valid():
        return _board_page(request, key, form)
    held = seat_member(actor=request.user, board_key=key, **form.cleaned_data)
    messages.success(request, f"{held.user} sits in {held.board} for {held.get_function_display().lower()}.")
    return redirect("reviews:board", key)


@require_POST
def unseat(request: HttpRequest, key: str) -> HttpResponse:
    """End somebody's seat."""
    unseat_member(actor=request.user, board_key=key, username=request.POST.get("username", ""))
    messages.success(request, "The seat has ended; votes from it on undecided requests no longer count.")
    return redirect("reviews:board", key)
