"""Asks people without an account for their yes or no, once, through a link that is theirs alone."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q

from accounts.selectors import addresses
from common.clock import now
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from common.texts import clean_text
from ledger.services import announce
from reviews.choices import DECIDED, State
from reviews.errors import Recused, StandsAside
from reviews.events import OutsiderInvited, OutsiderReminded, OutsiderUninvited
from reviews.models import ChangeRequest, Invitation
from reviews.policies import aside_of, hands_of, seats_of
from reviews.quorum import mailbox_of
from reviews.services.links import digest_of_secret, mail_link, new_secret, refuse_without_mail
from reviews.services.locking import locked
from reviews.services.revising import about

DAYS = 14
MOST_DAYS = 60
MOST_OPEN = 20
MOST_LINKS = 10


@dataclass(frozen=True)
class _Asked:
    """Who is asked, what, and for how long."""

    name: str
    email: str
    organisation: str
    question: str
    days: int


def invite_outsider(
    *,
    actor: Any,
    request_id: int,
    name: str,
    email: str,
    organisation: str = "",
    question: str = "",
    days: int = DAYS,
) -> Invitation:
    """Afterwards a mail with a link is on its way to somebody from outside, who may answer once with it, about the
    request as it stands now. Nobody else ever sees the link, and the portal keeps only its digest; `mailed_at` is empty
    where the mail server did not take it.

    Only a member of the deciding board who shaped nothing of the request invites: authors choose no judges.

    Refuses: RequestUnknown, NotAllowed, Recused, StandsAside, Conflict (no mail is set up, not before the
    board, too many, the mailbox is asked already or is of somebody with an account), Invalid (name, address, days).
    Announces: OutsiderInvited.
    """
    asked = _checked(name, email, organisation, question, days)
    refuse_without_mail()
    with locked(actor=actor, request_id=request_id) as request:
        _refuse_inviter(actor, request)
        _refuse_asked(request, asked.email)
        made, secret = _made(actor, request, asked)
        announce(OutsiderInvited(**about(request), invitation_id=made.pk, invited=made.name), actor=actor)
    return mail_link(made, secret)


def invite_again(*, actor: Any, invitation_id: int, days: int = DAYS) -> Invitation:
    """Afterwards a mail with another link is on its way to the same person, about the request as it stands now; the
    earlier link leads nowhere.

    Refuses: NotFound, NotAllowed, Recused, StandsAside, Conflict (no mail is set up; not before the board;
    taken back or replaced; an answer stands; too many links).
    Announces: OutsiderReminded.
    """
    earlier = Invitation.objects.filter(pk=invitation_id).first()
    if earlier is None:
        raise NotFound("There is no such invitation.")
    asked = _checked(earlier.name, earlier.email, earlier.organisation, earlier.question, days)
    refuse_without_mail()
    with locked(actor=actor, request_id=earlier.request_id) as request:
        earlier = Invitation.objects.select_for_update().get(pk=earlier.pk)
        _refuse_inviter(actor, request)
        if earlier.revoked_at is not None:
            raise Conflict("It was taken back, or another link was sent. Ask them anew.", code="closed")
        if earlier.answered_at is None:
            earlier.revoked_at = now()
            earlier.save(update_fields=["revoked_at"])
        _refuse_asked(request, asked.email)
        made, secret = _made(actor, request, asked, replaces=earlier)
        announce(OutsiderReminded(**about(request), invitation_id=made.pk, invited=made.name), actor=actor)
    return mail_link(made, secret)


def _made(
    actor: Any, request: ChangeRequest, asked: _Asked, replaces: Invitation | None = None
) -> tuple[Invitation, str]:
    """The invitation, and the secret of its link, which is kept nowhere."""
    secret = new_secret()
    made = Invitation.objects.create(
        request=request,
        name=asked.name,
        email=asked.email,
        organisation=asked.organisation,
        question=asked.question,
        secret_digest=digest_of_secret(secret),
        asked_digest=request.digest,
        invited_by=actor,
        invited_at=now(),
        expires_at=now() + timedelta(days=asked.days),
        replaces=replaces,
    )
    return made, secret


def _checked(name: str, email: str, organisation: str, question: str, days: int) -> _Asked:
    address = clean_text(email, pointer="/email", max_length=254)
    try:
        validate_email(address)
    except ValidationError as wrong:
        raise Invalid("This is no mail address.", code="wrong_address", pointer="/email") from wrong
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MOST_DAYS:
        raise Invalid(f"An invitation holds from 1 to {MOST_DAYS} days.", code="out_of_range", pointer="/days")
    return _Asked(
        name=clean_text(name, pointer="/name", max_length=120),
        email=address,
        organisation=clean_text(organisation, pointer="/organisation", max_length=120, required=False),
        question=clean_text(question, pointer="/question", max_length=600, required=False),
        days=days,
    )


def _refuse_asked(request: ChangeRequest, email: str) -> None:
    """One mailbox gives one answer, however its address is spelt, and nobody who has an account in the portal, open or
    closed, gives another by mail."""
    if request.state != State.IN_REVIEW:
        raise Conflict("People from outside are asked while the request is before the board.", code="not_before")
    box = mailbox_of(email)
    if any(mailbox_of(address) == box for address in addresses()):
        raise Conflict("Somebody with an account here uses this address; people from outside are asked.", code="inside")
    sent = Invitation.objects.filter(request=request)
    rows = [row for row in sent if mailbox_of(row.email) == box]
    if len(rows) >= MOST_LINKS:
        raise Conflict(f"{MOST_LINKS} links about this request were sent to {email}. That is enough.", code="too_many")
    if any(_stands(row, request) for row in rows):
        raise Conflict(
            f"{email} is asked already. Where the mail did not arrive, send another link; an answer stands until the "
            "request changes.",
            code="asked_already",
        )
    if sent.filter(_open(request)).count() >= MOST_OPEN:
        raise Conflict(f"{MOST_OPEN} invitations are open. Wait for answers, or take some back.", code="too_many")


def _open(request: ChangeRequest) -> Q:
    """The invitations that can be answered now."""
    return Q(revoked_at__isnull=True, answered_at__isnull=True, expires_at__gt=now(), asked_digest=request.digest)


def _stands(row: Invitation, request: ChangeRequest) -> bool:
    """Whether it is an answer that counts, or can still become one."""
    if row.revoked_at is not None or row.voided_at is not None:
        return False
    if row.answered_at is not None:
        return row.digest == request.digest
    return row.asked_digest == request.digest and row.expires_at > now()


def _refuse_inviter(actor: Any, request: ChangeRequest) -> None:
    if request.board_id not in seats_of(actor):
        raise NotAllowed(f"Members of {request.board.name} invite people from outside.")
    hands = hands_of(request)
    if actor.pk in hands:
        raise Recused(f"You {hands[actor.pk]} this request, so another member invites whoever should judge it.")
    if actor.pk in aside_of(request):
        raise StandsAside("You stand aside from this request, so another member invites whoever should judge it.")


def revoke_invitation(*, actor: Any, invitation_id: int) -> Invitation:
    """Afterwards the link leads nowhere; an answer that was given stays.

    Refuses: NotFound, NotAllowed, Conflict (answered, revoked).
    Announces: OutsiderUninvited.
    """
    found = Invitation.objects.filter(pk=invitation_id).first()
    if found is None:
        raise NotFound("There is no such invitation.")
    with locked(actor=actor, request_id=found.request_id) as request:
        found.refresh_from_db()
        if actor.pk != found.invited_by_id and request.board_id not in seats_of(actor):
            raise NotAllowed(f"{found.invited_by} or another member of {request.board.name} takes it back.")
        if found.answered_at is not None or found.revoked_at is not None or request.state in DECIDED:
            raise Conflict("It is closed already: answered, taken back, or the request is decided.", code="closed")
        found.revoked_at = now()
        found.save(update_fields=["revoked_at"])
        announce(OutsiderUninvited(**about(request), invitation_id=found.pk, invited=found.name), actor=actor)
        return found
