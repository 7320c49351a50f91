"""Boards: the list, one of them, its set-up, seats and who borrows one; where boards are governed, as requests."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from common.errors import DomainError, NotAllowed
from common.web import add_errors
from reviews.choices import SubjectType
from reviews.conditions import condition_in_words
from reviews.errors import BoardGoverned
from reviews.models import Board
from reviews.policies import BoardPolicy, never_proposes, seats_of
from reviews.selectors import board_for, boards_for, governing_board, open_seats, past_seats, policy_of, requests_for
from reviews.selectors.board_content import content_of_board
from reviews.selectors.board_policy import checked_policy
from reviews.selectors.rights import lent_now
from reviews.selectors.who_alone import who_alone
from reviews.services.boards import define_board, seat_member, unseat_member
from reviews.services.delegating import lend_seat, take_back_seat
from reviews.services.proposing import propose
from reviews.web.board_forms import BoardForm, LendForm, SeatForm
from reviews.web.board_preview import NAMES, besides_sentences, demanded
from reviews.web.condition_forms import ConditionForm, add_refusal, condition_forms
from reviews.web.wording import policy_sentences, subjects_in_words
from taxonomy.selectors import Heading, headings


def why_no_change(user: Any) -> str | None:
    """Why the person can neither set up a board nor propose to; None where they can do one of them."""
    if governing_board((), SubjectType.BOARD) is None:
        return BoardPolicy().reason(user, "define")
    return never_proposes(user)


def condition_sentences(board: Board) -> list[str]:
    """What the board asks of larger changes, a sentence for each condition."""
    return [condition_in_words(item, NAMES) for item in board.policy.get("conditions") or ()]


def _places(board: Board, named: dict[str, Heading]) -> list[tuple[str, str]]:
    """(key, name) of the branches that the board decides in; a segment that is not there yet is its key."""
    return [(key, named[key].name if key in named else key) for key in board.branches]


def boards(request: HttpRequest) -> HttpResponse:
    """All boards."""
    found = boards_for(viewer=request.user)
    named = headings({key for board in found for key in board.branches})
    rows = [
        (board, policy_sentences(policy_of(board)), subjects_in_words(board.subject_types), _places(board, named))
        for board in found
    ]
    context = {"boards": rows, "why_not": why_no_change(request.user)}
    return render(request, "reviews/boards.html", context)


def alone(request: HttpRequest) -> HttpResponse:
    """Who could change what today, and with how many others."""
    boards_for(viewer=request.user)
    return render(request, "reviews/who_alone.html", {"answer": who_alone(viewer=request.user)})


def board(request: HttpRequest, key: str) -> HttpResponse:
    """One board: seats, policy in words, what is before it."""
    return _board_page(request, key)


def _board_page(request: HttpRequest, key: str, form: SeatForm | None = None) -> HttpResponse:
    found = board_for(viewer=request.user, key=key)
    rows = requests_for(viewer=request.user).filter(board=found)
    context = {
        "board": found,
        "subjects": subjects_in_words(found.subject_types),
        "policy": [*policy_sentences(policy_of(found)), *besides_sentences(found.policy)],
        "conditions": condition_sentences(found),
        "places": _places(found, headings(found.branches)),
        "seats": open_seats(found),
        "past": past_seats(found)[:20],
        "in_review": rows.filter(state="in_review").order_by("submitted_at"),
        "recent": rows.exclude(state="in_review").exclude(state="draft")[:10],
        "form": form or SeatForm(),
        "why_not": why_no_change(request.user),
        "governing": governing_board((), SubjectType.BOARD),
        **_lending(request.user, found),
    }
    return render(request, "reviews/board.html", context, status=422 if form and form.errors else 200)


def _lending(user: Any, found: Board) -> dict[str, Any]:
    holds = found.pk in seats_of(user)
    return {
        "lent": list(lent_now(found.pk)),
        "lend_form": LendForm() if holds else None,
        "may_administer": BoardPolicy().can(user, "seat"),
    }


def define(request: HttpRequest) -> HttpResponse:
    """A new board."""
    return _form_page(request, None)


def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Another policy, name or place for a board."""
    return _form_page(request, board_for(viewer=request.user, key=key))


def _form_page(request: HttpRequest, found: Board | None) -> HttpResponse:
    why_not = why_no_change(request.user)
    if why_not:
        raise NotAllowed(why_not)
    form = BoardForm(request.POST or None, board=found)
    conditions = condition_forms(found, request.POST or None)
    policy = _policy_meant(request, form, conditions, found)
    is_sound = policy is not None and request.method == "POST" and "preview" not in request.POST
    if is_sound and (answer := _defined(request, form, conditions, found)):
        return answer
    return _form_shown(request, form, conditions, found, policy)


def _form_shown(
    request: HttpRequest, form: BoardForm, conditions: list[ConditionForm], found: Board | None, policy: Any
) -> HttpResponse:
    wrong = [each for each in (form, *conditions) if each.errors]
    context = {
        "form": form,
        "conditions": conditions,
        "wrong_conditions": [each for each in wrong if each is not form],
        "board": found,
        "governing": governing_board((), SubjectType.BOARD),
        "demanded": demanded(policy) if policy else [],
    }
    return render(request, "reviews/board_form.html", context, status=422 if wrong else 200)


def _policy_meant(
    request: HttpRequest, form: BoardForm, conditions: list[ConditionForm], found: Board | None
) -> dict[str, Any] | None:
    """The policy that the page speaks of: as it was typed, else as it stands; None where what was typed is not sound,
    with the reasons on the forms."""
    if request.method != "POST":
        return dict(found.policy) if found else None
    if [each for each in (form, *conditions) if not each.is_valid()]:
        return None
    try:
        return checked_policy(form.arguments(_said(conditions))["policy"])
    except DomainError as refused:
        add_refusal(form, conditions, refused)
        return None


def _said(conditions: list[ConditionForm]) -> list[dict[str, Any]]:
    return [item for each in conditions if (item := each.condition())]


def _defined(
    request: HttpRequest, form: BoardForm, conditions: list[ConditionForm], found: Board | None
) -> HttpResponse | None:
    """Set the board up, or propose it where boards are governed; None when that was refused, with the reasons on the
    form."""
    key = found.key if found else form.cleaned_data["key"]
    given = request.POST.get("version", "")
    version = int(given) if given.isdecimal() and len(given) < 10 else None
    arguments = form.arguments(_said(conditions))
    try:
        define_board(actor=request.user, key=key, lock_version=version, **arguments)
    except BoardGoverned:
        return _proposed(request, form, key, arguments)
    except NotAllowed:
        raise
    except DomainError as refused:
        add_refusal(form, conditions, refused)
        return None
    messages.success(request, "The board stands as you wrote it.")
    return redirect("reviews:board", key)


def _proposed(request: HttpRequest, form: BoardForm, key: str, content: dict[str, Any]) -> HttpResponse | None:
    try:
        made = propose(
            actor=request.user,
            subject_type=SubjectType.BOARD,
            key=key,
            content=content,
            rationale=form.cleaned_data["rationale"],
        )
    except NotAllowed:
        raise
    except DomainError as refused:
        add_errors(form, refused)
        return None
    messages.success(request, "A board decides about boards, so this is a request now.")
    return redirect("reviews:request", made["id"])


@require_POST
def seat(request: HttpRequest, key: str) -> HttpResponse:
    """Seat somebody, or propose to."""
    form = SeatForm(request.POST)
    if not form.is_valid():
        return _board_page(request, key, form)
    try:
        held = seat_member(actor=request.user, board_key=key, **form.cleaned_data)
    except BoardGoverned:
        return _seats_proposed(request, key, **form.cleaned_data)
    messages.success(request, f"{held.user} sits in {held.board} for {held.get_function_display().lower()}.")
    return redirect("reviews:board", key)


@require_POST
def unseat(request: HttpRequest, key: str) -> HttpResponse:
    """End somebody's seat, or propose to."""
    username = request.POST.get("username", "")
    try:
        unseat_member(actor=request.user, board_key=key, username=username)
    except BoardGoverned:
        return _seats_proposed(request, key, username, None)
    messages.success(request, "The seat has ended; votes from it on undecided requests no longer count.")
    return redirect("reviews:board", key)


def _seats_proposed(request: HttpRequest, key: str, username: str, function: str | None) -> HttpResponse:
    """A request for other seats: the person for that function, or for none."""
    stood = content_of_board(board_for(viewer=request.user, key=key))["seats"]
    seats = {name: [each for each in names if each != username] for name, names in stood.items()}
    if function is not None:
        seats[function] = [*seats.get(function, []), username]
    try:
        made = propose(
            actor=request.user,
            subject_type=SubjectType.BOARD,
            key=key,
            content={"seats": {name: names for name, names in seats.items() if names}},
            rationale=request.POST.get("reason", ""),
        )
    except DomainError as refused:
        messages.error(request, refused.detail)
        return redirect("reviews:board", key)
    messages.success(request, "A board decides about boards and seats, so this is a request now.")
    return redirect("reviews:request", made["id"])


@require_POST
def lend(request: HttpRequest, key: str) -> HttpResponse:
    """Lend a seat for a time."""
    form = LendForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("reviews:board", key)
    given = dict(form.cleaned_data)
    ends_at = datetime.combine(given.pop("ends_on") + timedelta(days=1), time(), UTC)
    try:
        made = lend_seat(
            actor=request.user, board_key=key, ends_at=ends_at, **(given | {"holder": given["holder"] or None})
        )
        messages.success(request, f"{made.delegate} votes from the seat until {made.ends_at:%d %B %Y}.")
    except DomainError as refused:
        messages.error(request, refused.detail)
    return redirect("reviews:board", key)


@require_POST
def take_back(request: HttpRequest, key: str, delegation_id: int) -> HttpResponse:
    """End a delegation."""
    try:
        take_back_seat(actor=request.user, delegation_id=delegation_id)
        messages.success(request, "The seat is its holder's alone again.")
    except DomainError as refused:
        messages.error(request, refused.detail)
    return redirect("reviews:board", key)
