"""Asks people without an account for their yes or no, once, through a link that is theirs alone."""

import hashlib
import secrets
import smtplib
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.signing import BadSignature, Signer
from django.core.validators import validate_email
from django.db.models import Q

from accounts.selectors import people
from common.actors import SYSTEM
from common.clock import now
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from common.texts import clean_text
from ledger.services import announce
from reviews.choices import DECIDED, State, Verdict
from reviews.errors import ChangedSinceOpened, LinkClosed, LinkInvalid, Recused, StandsAside
from reviews.events import OutsiderAnswered, OutsiderInvited, OutsiderUninvited, RequestApproved
from reviews.models import ChangeRequest, Invitation
from reviews.policies import aside_of, hands_of, seats_of
from reviews.selectors.requests import current_revision
from reviews.selectors.standing import judged
from reviews.services.applying import tell_outcome
from reviews.services.locking import base_moved, locked
from reviews.services.revising import about, saved
from reviews.services.voting import decide
from reviews.services.waiting import refuse_what_cannot_apply

log = structlog.get_logger(__name__)
_SIGNER = Signer(salt="reviews.invitation")
DAYS = 14
MOST_DAYS = 60
MOST_OPEN = 20
ANSWERS = (Verdict.APPROVE.value, Verdict.REJECT.value)


def invite_outsider(
    *,
    actor: Any,
    request_id: int,
    name: str,
    email: str,
    organisation: str = "",
    question: str = "",
    days: int = DAYS,
) -> tuple[Invitation, str]:
    """Afterwards somebody from outside may answer once, with the token that is returned and kept nowhere.

    Only a member of the deciding board who shaped nothing of the request invites: authors choose no judges.

    Refuses: RequestUnknown, NotAllowed, Recused, StandsAside, Conflict (decided, still a draft, too many, the address
    is asked already or has an account), Invalid (name, address, days).
    Announces: OutsiderInvited.
    """
    fields = _checked(name, email, organisation, question, days)
    token = secrets.token_urlsafe(32)
    with locked(actor=actor, request_id=request_id) as request:
        _refuse_inviter(actor, request)
        if request.state in DECIDED or request.state == State.DRAFT:
            raise Conflict("People from outside are asked while the request is before the board.", code="not_before")
        _refuse_asked(request, fields["email"])
        standing = Invitation.objects.filter(request=request, revoked_at__isnull=True, answered_at__isnull=True)
        if standing.filter(expires_at__gt=now()).count() >= MOST_OPEN:
            raise Conflict(f"{MOST_OPEN} invitations are open. Wait for answers, or take some back.", code="too_many")
        made = Invitation.objects.create(
            request=request,
            secret_digest=_digest(token),
            invited_by=actor,
            invited_at=now(),
            expires_at=now() + timedelta(days=days),
            **fields,
        )
        announce(OutsiderInvited(**about(request), invitation_id=made.pk, invited=made.name), actor=actor)
        return made, _SIGNER.sign(token)


def _checked(name: str, email: str, organisation: str, question: str, days: int) -> dict[str, str]:
    address = clean_text(email, pointer="/email", max_length=254)
    try:
        validate_email(address)
    except ValidationError as wrong:
        raise Invalid("This is no mail address.", code="wrong_address", pointer="/email") from wrong
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MOST_DAYS:
        raise Invalid(f"An invitation holds from 1 to {MOST_DAYS} days.", code="out_of_range", pointer="/days")
    return {
        "name": clean_text(name, pointer="/name", max_length=120),
        "email": address,
        "organisation": clean_text(organisation, pointer="/organisation", max_length=120, required=False),
        "question": clean_text(question, pointer="/question", max_length=600, required=False),
    }


def _refuse_asked(request: ChangeRequest, email: str) -> None:
    """One address gives one answer, and nobody who has a say here as a member of the portal gives another by mail."""
    if people().filter(email__iexact=email).exists():
        raise Conflict("Somebody with an account here uses this address; people from outside are asked.", code="inside")
    rows = Invitation.objects.filter(request=request, email__iexact=email, revoked_at__isnull=True)
    waiting = Q(answered_at__isnull=True, expires_at__gt=now())
    if rows.filter(waiting | Q(answered_at__isnull=False, digest=request.digest)).exists():
        raise Conflict(
            f"{email} is asked already. For another link take the open invitation back; an answer stands until the "
            "request changes.",
            code="asked_already",
        )


def _refuse_inviter(actor: Any, request: ChangeRequest) -> None:
    if request.board_id not in seats_of(actor):
        raise NotAllowed(f"Members of {request.board.name} invite people from outside.")
    hands = hands_of(request)
    if actor.pk in hands:
        raise Recused(f"You {hands[actor.pk]} this request, so another member invites whoever should judge it.")
    if actor.pk in aside_of(request):
        raise StandsAside("You stand aside from this request, so another member invites whoever should judge it.")


def mail_invitation(invitation: Invitation, url: str) -> bool:
    """Whether the mail server took the link; where it did not, whoever invited hands it over themselves."""
    request = invitation.request
    text = (
        f"{invitation.invited_by} asks you for your yes or no to a change of customer segments:\n\n"
        f"{request.title}\n\n{invitation.question}\n\n{url}\n\n"
        f"The link is yours alone, works once, and ends on {invitation.expires_at:%d %B %Y}.\n"
    )
    try:
        return bool(send_mail(f"Your opinion on: {request.title}"[:200], text, settings.DEFAULT_FROM_EMAIL,
                              [invitation.email]))  # fmt: skip
    except (OSError, smtplib.SMTPException) as error:
        log.warning("invitation.not_mailed", invitation=invitation.pk, reason=type(error).__name__)
        return False


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
            raise Conflict("It is closed already.", code="closed")
        found.revoked_at = now()
        found.save(update_fields=["revoked_at"])
        announce(OutsiderUninvited(**about(request), invitation_id=found.pk, invited=found.name), actor=actor)
        return found


def invitation_for(token: str) -> Invitation:
    """The invitation of a link, as long as it can be answered.

    Raises LinkInvalid (forged, cut off, of nobody), LinkClosed (answered, revoked, expired, or nothing to decide).
    """
    try:
        secret = _SIGNER.unsign(token[:200])
    except BadSignature as forged:
        raise LinkInvalid("This link is not one of ours. Check that you copied all of it.") from forged
    found = (
        Invitation.objects.select_related("request__board", "request__author", "invited_by")
        .filter(secret_digest=_digest(secret))
        .first()
    )
    if found is None:
        raise LinkInvalid("This link is not one of ours. Check that you copied all of it.")
    _refuse_closed(found, found.request)
    return found


def _refuse_closed(found: Invitation, request: ChangeRequest) -> None:
    if found.answered_at is not None:
        raise LinkClosed("You have answered already; a link works once. Thank you.", code="link_answered")
    if found.revoked_at is not None:
        raise LinkClosed(f"{found.invited_by} took this invitation back.", code="link_revoked")
    if found.expires_at <= now():
        raise LinkClosed(f"This link ended on {found.expires_at:%d %B %Y}. Ask {found.invited_by} for another one.")
    if request.state in DECIDED or request.state == State.APPROVED:
        raise LinkClosed("The board has decided meanwhile. Thank you all the same.", code="link_late")
    if request.state != State.IN_REVIEW:
        raise LinkClosed("The request is being reworked at the moment. Try the link again later.", code="link_early")


def answer_invitation(*, token: str, verdict: str, reason: str = "", digest: str) -> Invitation:
    """Afterwards the outsider's answer stands, bound to what they saw; where it was the last thing missing, the request
    is decided.

    Refuses: LinkInvalid, LinkClosed, Invalid (verdict, a no without a reason), ChangedSinceOpened (digest), Conflict
    (another change of the same subject is scheduled).
    Announces: OutsiderAnswered; then RequestApproved and what follows from it.
    """
    if verdict not in ANSWERS:
        raise Invalid("Answer yes or no.", code="unknown_verdict", pointer="/verdict")
    words = clean_text(reason, pointer="/reason", max_length=5000, required=False, lines=True)
    if verdict == Verdict.REJECT and not words:
        raise Invalid("Say why, so that the author can act on it.", code="reason_required", pointer="/reason")
    found = invitation_for(token)
    with locked(actor=SYSTEM, request_id=found.request_id) as request:
        found = Invitation.objects.select_for_update(of=("self",)).select_related("invited_by").get(pk=found.pk)
        _refuse_closed(found, request)
        if found.invited_by_id in hands_of(request):
            raise LinkClosed(f"{found.invited_by} has a hand in this request meanwhile; another member may invite you.")
        if digest != request.digest:
            raise ChangedSinceOpened("The request changed since you opened the page. Look again, then answer.")
        if verdict == Verdict.APPROVE:
            refuse_what_cannot_apply(request)
        found.verdict, found.reason, found.digest = verdict, words, digest
        found.answered_at, found.revision = now(), current_revision(request)
        found.save(update_fields=["verdict", "reason", "digest", "answered_at", "revision"])
        _conclude(request, found)
        return found


def _conclude(request: ChangeRequest, found: Invitation) -> None:
    """Decide where the answer was the last thing missing; what no longer fits waits for the next vote to turn stale."""
    outcome = judged(request).outcome
    is_last = outcome == "approved" and base_moved(request) is None
    version = decide(request, outcome, SYSTEM) if is_last else None
    if not is_last:
        saved(request)
    fact = OutsiderAnswered(
        **about(request), invitation_id=found.pk, invited=found.name, verdict=found.verdict, digest=found.digest
    )
    announce(fact, actor=SYSTEM)
    if is_last:
        announce(RequestApproved(**about(request), digest=request.digest), actor=SYSTEM)
        tell_outcome(request, version, SYSTEM)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
