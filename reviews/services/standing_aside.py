"""Takes declarations of those who do not decide about a request: a conflict of interest, or a recusal."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.choices import Role
from accounts.policies import has_role
from common.clock import now
from common.errors import Conflict, Invalid, NotAllowed
from common.texts import clean_text
from ledger.services import announce
from reviews.choices import DECIDED, AsideKind, State
from reviews.errors import Recused
from reviews.events import AsideDeclared, AsideWithdrawn, RequestEdited
from reviews.models import ChangeRequest, Declaration, Vote
from reviews.policies import hands_of
from reviews.selectors.board_content import checked_person
from reviews.selectors.standing import judged
from reviews.services.locking import locked
from reviews.services.renewing import renew
from reviews.services.revising import about


def stand_aside(*, actor: Any, request_id: int, kind: str, reason: str, person: str | None = None) -> Declaration:
    """Afterwards the person does not decide about the request, nor does anybody in their place; a vote that they gave
    counts no longer.

    A steward may declare it about somebody else, with a reason; nobody who shaped the request may, so that no author
    chooses who decides. Where the requirement names the person, it is resolved anew, and everybody votes again; so they
    do where it was approved with the person's vote, and waits.

    Refuses: RequestUnknown, NotAllowed, Recused (shaped it), Invalid (kind, reason, person), Conflict (decided; stands
    aside already).
    Announces: AsideDeclared; RequestEdited where the requirement was resolved anew.
    """
    if kind not in AsideKind.values:
        raise Invalid(f"Say one of: {', '.join(AsideKind.values)}.", code="unknown_kind", pointer="/kind")
    words = clean_text(reason, pointer="/reason", max_length=600)
    with locked(actor=actor, request_id=request_id) as request:
        who = _person_meant(actor, request, person)
        _refuse_decided(request)
        try:
            with transaction.atomic():
                made = Declaration.objects.create(
                    request=request, person=who, kind=kind, reason=words, declared_by=actor, declared_at=now()
                )
        except IntegrityError as twice:
            raise Conflict(f"{who} stands aside from this request already.", code="aside_already") from twice
        voided = _renewed(request, who)
        fact = AsideDeclared(**about(request), username=who.get_username(), kind=kind, declaration_id=made.pk)
        announce(fact, actor=actor)
        if voided is not None:
            cause = f"{who} stands aside, so somebody else is asked"
            announce(RequestEdited(**about(request), cause=cause, voided=voided), actor=actor)
        return made


def _person_meant(actor: Any, request: ChangeRequest, person: str | None) -> Any:
    if person is None or person == actor.get_username():
        return actor
    if not has_role(actor, Role.STEWARD, path=request.path):
        raise NotAllowed("You stand aside yourself; about somebody else a steward declares it.")
    hands = hands_of(request)
    if actor.pk in hands:
        raise Recused(f"You {hands[actor.pk]} this request, so you do not choose who decides about it.")
    return checked_person(person, "/person")


def _refuse_decided(request: ChangeRequest) -> None:
    if request.state in DECIDED:
        raise Conflict(
            "The request is decided; who decided stays as it was.", code="decided", extra={"state": request.state}
        )


def _renewed(request: ChangeRequest, person: Any) -> int | None:
    """Put it before the board anew where its requirement names the person, or where it was approved and waits, and the
    votes do not suffice without theirs; how many votes that voids, None where it was not."""
    if request.state == State.APPROVED:
        # It waits for its date, its notice or a blackout: without this vote it may not have been approved at all.
        theirs = Vote.objects.filter(Q(voter=person) | Q(seat__user=person), request=request, voided_at__isnull=True)
        return renew(request) if theirs.exists() and judged(request).outcome != "approved" else None
    named = any(item.get("username") == person.get_username() for item in request.requirement.get("people") or ())
    return renew(request) if named and request.state == State.IN_REVIEW else None


def withdraw_declaration(*, actor: Any, declaration_id: int) -> Declaration:
    """Afterwards the person may decide again, as far as nothing else bars them.

    Only whoever declared it withdraws it, and only before the person would have voted twice: while the request is
    undecided, and they have given no vote on its wording.

    Refuses: NotAllowed, RequestUnknown, Conflict (withdrawn already, decided, voted).
    Announces: AsideWithdrawn.
    """
    found = Declaration.objects.filter(pk=declaration_id).first()
    if found is None or actor.pk not in (found.declared_by_id,):
        raise NotAllowed("Whoever declared it withdraws it.")
    with locked(actor=actor, request_id=found.request_id) as request:
        found.refresh_from_db()
        _refuse_decided(request)
        if found.withdrawn_at is not None:
            raise Conflict("It is withdrawn already.", code="withdrawn")
        votes = Vote.objects.filter(request=request, revision__number=request.revision, voter_id=found.person_id)
        if votes.filter(voided_at__isnull=True).exists():
            raise Conflict(
                "They had voted on this wording before they stood aside; that vote does not come back.", code="voted"
            )
        found.withdrawn_at = now()
        found.save(update_fields=["withdrawn_at"])
        username = found.person.get_username()
        announce(AsideWithdrawn(**about(request), username=username, declaration_id=found.pk), actor=actor)
        return found
