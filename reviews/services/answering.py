"""Takes the answers of people from outside, each through a link that works once and for one wording."""

from common.actors import SYSTEM
from common.clock import now
from common.errors import Invalid
from common.texts import clean_text
from ledger.services import announce
from reviews.choices import DECIDED, State, Verdict
from reviews.errors import ChangedSinceOpened, LinkClosed, LinkInvalid
from reviews.events import OutsiderAnswered, RequestApproved
from reviews.models import ChangeRequest, Invitation
from reviews.policies import barred_voters
from reviews.selectors.requests import current_revision
from reviews.selectors.standing import judged
from reviews.services.applying import tell_outcome
from reviews.services.links import digest_of_secret, secret_in
from reviews.services.locking import base_moved, locked
from reviews.services.revising import about, saved
from reviews.services.voting import decide
from reviews.services.waiting import refuse_what_cannot_apply

ANSWERS = (Verdict.APPROVE.value, Verdict.REJECT.value)


def invitation_for(token: str) -> Invitation:
    """The invitation of a link, as long as it can be answered.

    Raises LinkInvalid (forged, cut off, of nobody), LinkClosed (answered, revoked, expired, or nothing to decide).
    """
    found = (
        Invitation.objects.select_related("request__board", "request__author", "invited_by", "replacement")
        .filter(secret_digest=digest_of_secret(secret_in(token)))
        .first()
    )
    if found is None:
        raise LinkInvalid("This link is not one of ours. Check that you copied all of it.")
    _refuse_closed(found, found.request)
    return found


def _refuse_closed(found: Invitation, request: ChangeRequest) -> None:
    if found.answered_at is not None:
        raise LinkClosed("You have answered already; a link works once. Thank you.", code="link_answered")
    if found.revoked_at is not None and hasattr(found, "replacement"):
        raise LinkClosed("You were sent another link about this. Open that one.", code="link_replaced")
    if found.revoked_at is not None:
        raise LinkClosed(f"{found.invited_by} took this invitation back.", code="link_revoked")
    if found.expires_at <= now():
        raise LinkClosed(f"This link ended on {found.expires_at:%d %B %Y}. Ask {found.invited_by} for another one.")
    if request.state in DECIDED or request.state == State.APPROVED:
        raise LinkClosed("The board has decided meanwhile. Thank you all the same.", code="link_late")
    if request.state != State.IN_REVIEW:
        raise LinkClosed(f"The request is being reworked. {found.invited_by} can ask you again.", code="link_early")
    if request.digest != found.asked_digest:
        raise LinkClosed(
            f"The request has changed since you were asked about it. {found.invited_by} can send you another link.",
            code="link_outdated",
        )


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
        if found.invited_by_id in barred_voters(request):
            raise LinkClosed(f"{found.invited_by} no longer judges this request; another member may invite you.")
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
