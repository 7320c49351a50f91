"""Puts requests before their board anew when the board's policy changed: what was signed is no longer what is asked."""

from typing import Any

from common import correlation
from common.clock import now
from common.digests import digest_of
from ledger.services import announce
from reviews.choices import State
from reviews.events import RequestEdited
from reviews.models import Board, ChangeRequest, Impact, Revision
from reviews.selectors.evidence import signed_of
from reviews.selectors.requests import current_impact, current_revision
from reviews.selectors.requirement import requirement_of
from reviews.services.revising import OPEN_TO_BOARD, about, next_revision, saved

CAUSE = "the board's policy changed"


def renew_requests_of(board: Board, actor: Any) -> None:
    """Renew every request before the board whose voters saw another policy; part of the caller's transaction."""
    rows = (
        ChangeRequest.objects.select_for_update(of=("self",))
        .filter(board=board, state__in=OPEN_TO_BOARD)
        .select_related("board", "author")
        .order_by("pk")
    )
    renewed: list[tuple[ChangeRequest, int]] = []
    for request in rows:
        request.board = board
        if is_outdated(request):
            renewed.append((request, renew(request)))
    for request, voided in renewed:
        tell_renewed(request, voided, actor)


def is_outdated(request: ChangeRequest) -> bool:
    """Whether what voters saw names another version of the board's policy than the one in force."""
    impact = current_impact(request)
    return impact is not None and impact.policy_version != request.board.policy_version


def renew(request: ChangeRequest) -> int:
    """Write the same wording as a new revision under the policy in force, back in review; how many votes it voids."""
    before = current_revision(request)
    shown = current_impact(request)
    revision, voided = next_revision(
        request, editor=None, cause=CAUSE, checks=before.checks, differences=before.differences
    )
    if shown is not None:
        _put_again(request, revision, shown)
    saved(request, state=State.IN_REVIEW, decided_at=None)
    return voided


def tell_renewed(request: ChangeRequest, voided: int, actor: Any) -> None:
    """Announce the renewal in the request's own story."""
    with correlation.bind(request.correlation_id):
        announce(RequestEdited(**about(request), cause=CAUSE, voided=voided), actor=actor)


def _put_again(request: ChangeRequest, revision: Revision, shown: Impact) -> None:
    """The same impact and checks before the board under its policy in force."""
    impact = Impact(
        request=request,
        revision=revision,
        record=shown.record,
        checks=shown.checks,
        policy=requirement_of(request, request.board, shown.record, revision.differences),
        policy_version=request.board.policy_version,
        grounds=shown.grounds,
        build_number=shown.build_number,
        samples=shown.samples,
        nonce=shown.nonce,
        digest=shown.digest,
        created_at=now(),
    )
    impact.signed = digest_of(signed_of(request, revision, impact))
    impact.save(force_insert=True)
    request.digest = impact.signed
    request.requirement = impact.policy
