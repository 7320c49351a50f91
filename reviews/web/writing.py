"""Writing requests: new ones, edits, and what is shown while somebody writes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from common.errors import DomainError, NotAllowed, NotFound
from reviews.choices import REGROUPING, Kind
from reviews.models import ChangeRequest
from reviews.policies import never_proposes
from reviews.selectors import governing_board, request_for, standing_before
from reviews.services.drafts import forget_rule_draft
from reviews.services.requests import create_request, edit_request, submit_request
from reviews.subjects import subject_for
from reviews.web.boards import condition_sentences
from reviews.web.pens import Pen, pen_for_edit, pen_for_new
from reviews.web.previews import preview_of
from reviews.web.statement_form import StatementForm
from reviews.web.things import TYPES, things_of

FIND = "find"
"""The kind in the address of the choice among what is there."""


def new(request: HttpRequest) -> HttpResponse:
    """The form for a new request; without a type, the choice of what to propose."""
    if not request.GET.get("type") or request.GET.get("kind") == FIND:
        return _choice(request)
    posted = request.POST if request.method == "POST" else None
    pen, said = pen_for_new(request), StatementForm(posted, viewer=request.user)
    if _is_sent(request, pen) and _are_valid(pen, said) and (made := _created(request, pen, said)):
        forget_rule_draft(actor=request.user, subject=pen.draft_subject)
        return _gone_on(request, made)
    return _form_page(request, pen, said)


def _choice(request: HttpRequest) -> HttpResponse:
    """What to propose; once a type is chosen, which one of it, by name."""
    chosen = request.GET.get("type", "") if request.GET.get("type") in dict(TYPES) else ""
    context = {"types": TYPES, "chosen": chosen, "things": things_of(request.user, chosen)}
    return render(request, "reviews/new.html", context)


def _is_sent(request: HttpRequest, pen: Pen) -> bool:
    return request.method == "POST" and pen.form.is_sent


def _are_valid(pen: Pen, said: StatementForm) -> bool:
    """Both are asked, so that every fault is shown at once."""
    return all([pen.form.is_valid(), said.is_valid()])


def _refuse(pen: Pen, said: StatementForm, refused: DomainError) -> None:
    if not said.refuse(refused):
        pen.refuse(refused)


def edit(request: HttpRequest, request_id: int) -> HttpResponse:
    """The form for a request that is written already."""
    found = request_for(viewer=request.user, request_id=request_id)
    posted = request.POST if request.method == "POST" else None
    pen, said = pen_for_edit(request, found), StatementForm(posted, viewer=request.user, stood=found.statement)
    if _is_sent(request, pen) and _are_valid(pen, said) and (made := _edited(request, pen, said, found)):
        forget_rule_draft(actor=request.user, subject=pen.draft_subject)
        return _gone_on(request, made)
    return _form_page(request, pen, said, found)


def _created(request: HttpRequest, pen: Pen, said: StatementForm) -> ChangeRequest | None:
    try:
        return create_request(
            actor=request.user,
            kind=pen.kind,
            subject_type=pen.subject.type,
            subject_key=pen.key or pen.form.new_key(),
            statement=said.statement(),
            **pen.form.arguments(),
        )
    except (NotAllowed, NotFound):
        raise
    except DomainError as refused:
        _refuse(pen, said, refused)
        return None


def _edited(request: HttpRequest, pen: Pen, said: StatementForm, found: ChangeRequest) -> ChangeRequest | None:
    version = request.POST.get("version", "")
    lock_version = int(version) if version.isdecimal() and len(version) < 10 else found.version
    try:
        changes = {**pen.form.arguments(), "statement": said.statement()}
        return edit_request(actor=request.user, request_id=found.pk, changes=changes, lock_version=lock_version)
    except (NotAllowed, NotFound):
        raise
    except DomainError as refused:
        _refuse(pen, said, refused)
        return None


def _gone_on(request: HttpRequest, made: ChangeRequest) -> HttpResponse:
    """Submit at once where the author pressed that button; either way on to the request's page."""
    if request.POST.get("then") == "submit" and made.state in ("draft", "changes_requested"):
        try:
            submit_request(actor=request.user, request_id=made.pk)
            messages.success(request, f"Submitted to {made.board.name}.")
        except DomainError as refused:
            messages.error(request, f"Saved as a draft, not submitted: {refused.detail}")
    else:
        messages.success(request, "Saved.")
    return redirect("reviews:request", made.pk)


def _form_page(request: HttpRequest, pen: Pen, said: StatementForm, found: ChangeRequest | None = None) -> HttpResponse:
    preview = preview_of(request.user, pen)
    context = {
        "pen": pen,
        "preview": preview,
        "form": pen.form,
        "said": said,
        "found": found,
        "draft_subject": pen.draft_subject,
        "refusal": None if found else never_proposes(request.user),
        "attributes": said.attributes,
    }
    return render(request, pen.form.template, context, status=422 if pen.form.errors or said.errors else 200)


def who_decides(request: HttpRequest) -> HttpResponse:
    """Which board would decide, what it asks for, who can give it."""
    subject = subject_for(request.GET.get("type", ""))
    asked = {name: request.GET[name].replace("\x00", "") for name in ("kind", "key", "parent") if name in request.GET}
    kind, key = asked.get("kind", "change"), asked.get("key", "")
    if kind in REGROUPING:
        # What they touch besides is not known before it is written.
        kind = Kind.CHANGE
    live = subject.live(key) if key else None
    content = {
        **(live.content if live else {}),
        **({"parent": asked["parent"]} if "parent" in asked else {}),
    }
    board = governing_board(subject.path(kind, key, content), subject.type)
    standing = standing_before(board, request.user.pk) if board and request.user.pk else None
    conditions = condition_sentences(board) if board else []
    context = {"board": board, "standing": standing, "noun": subject.noun, "conditions": conditions}
    return render(request, "reviews/who_decides.html", context)
