"""Links of people from outside: made, read, and mailed to them alone; no page, answer, log or table ever holds one."""

import hashlib
import secrets
import smtplib

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from common.actors import SYSTEM
from common.clock import now
from common.errors import Conflict
from reviews.choices import State
from reviews.errors import LinkInvalid
from reviews.models import Invitation
from reviews.services.locking import locked

log = structlog.get_logger(__name__)
_SIGNER = Signer(salt="reviews.invitation")


def new_secret() -> str:
    """The secret of a link that nobody can guess."""
    return secrets.token_urlsafe(32)


def digest_of_secret(secret: str) -> str:
    """What the portal keeps of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def secret_in(token: str) -> str:
    """The secret that the last part of a link's address carries; LinkInvalid where the portal did not make it."""
    try:
        return _SIGNER.unsign(token[:200])
    except BadSignature as forged:
        raise LinkInvalid("This link is not one of ours. Check that you copied all of it.") from forged


def refuse_without_mail() -> None:
    """Refuse to ask anybody where their link could not reach them."""
    if not settings.SEGPORTAL_MAIL_READY:
        raise Conflict(
            "This portal sends no mail, so nobody from outside can be asked: the link goes to them alone. Whoever "
            "operates the portal sets EMAIL_URL, for example smtp+tls://user:password@mail.example.org:587, and "
            "SEGPORTAL_URL, the address of the portal, and starts it again.",
            code="no_mail",
        )


def mail_link(invitation: Invitation, secret: str) -> Invitation:
    """Afterwards the mail is on its way and `mailed_at` says since when; or that is empty, and another link has to be
    sent. Called after the commit: nobody waits for a mail server under a lock, and no link precedes its invitation."""
    request = invitation.request
    # The address is the one that is set, never the one that the inviter called: else they could lead it to themselves.
    url = settings.SEGPORTAL_URL.rstrip("/") + reverse("reviews:outside", args=[_SIGNER.sign(secret)])
    text = (
        f"{invitation.invited_by} asks you for your yes or no to a change of customer segments:\n\n"
        f"{request.title}\n\n{invitation.question}\n\n{url}\n\n"
        f"The link is yours alone: keep it to yourself. It works once, until {invitation.expires_at:%d %B %Y}, and "
        "only as long as the change stays as it is now.\n"
    )
    subject = " ".join(f"Your opinion on: {request.title}".split())[:200]
    try:
        is_taken = send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [invitation.email])
    except (OSError, smtplib.SMTPException) as error:
        log.warning("invitation.not_mailed", invitation=invitation.pk, reason=type(error).__name__)
        is_taken = 0
    return _mailed(invitation) if is_taken else invitation


def _mailed(invitation: Invitation) -> Invitation:
    """Say since when the mail is on its way, unless the request was decided meanwhile: then nothing of it changes."""
    with locked(actor=SYSTEM, request_id=invitation.request_id) as request:
        rows = Invitation.objects.filter(pk=invitation.pk, answered_at__isnull=True)
        if request.state == State.IN_REVIEW:
            invitation.mailed_at = now()
            rows.update(mailed_at=invitation.mailed_at)
    return invitation
