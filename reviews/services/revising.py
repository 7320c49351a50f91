"""Writes revisions: every new wording is a row, voids the votes on the old one, and stands before the board anew."""

from secrets import token_hex
from typing import Any

from django.utils.text import Truncator

from common.clock import now
from common.digests import digest_of
from common.errors import Conflict, DomainError
from reviews import authority
from reviews.choices import State
from reviews.models import ChangeRequest, Impact, Revision, Vote
from reviews.selectors.ethics import guideline_check
from reviews.selectors.evidence import signed_of, words_of
from reviews.selectors.moments import moments_check
from reviews.selectors.requirement import missing_demands, requirement_of
from reviews.services.outdating import outdate_suggestions
from reviews.subjects import Effect, subject_for
from reviews.subjects.shadow_evidence import with_shadow

CONTENT_FIELDS = (
    "title",
    "proposed",
    "rationale",
    "expected",
    "effective_at",
    "statement",
    "base_version",
    "base_content",
)
OPEN_TO_BOARD = (State.IN_REVIEW, State.APPROVED)


def void_votes(request: ChangeRequest, reason: str) -> int:
    """Void the standing votes on the request with the reason; how many they were."""
    return Vote.objects.filter(request_id=request.pk, voided_at__isnull=True).update(
        voided_at=now(), void_reason=Truncator(reason).chars(300)
    )


def first_revision(request: ChangeRequest, *, checks: list[Any], differences: list[Any]) -> Revision:
    """Write revision 1 of a request that was just created."""
    return _write(request, editor=request.author, cause="first draft", checks=checks, differences=differences)


def next_revision(
    request: ChangeRequest,
    *,
    editor: Any,
    cause: str,
    checks: list[Any],
    differences: list[Any],
    suggested_by: Any = None,
) -> tuple[Revision, int]:
    """Write the request's present fields as its next revision and void the votes on the old one.

    Open suggestions about a part that now reads otherwise are outdated by it. The request row itself is left for the
    caller to save. Returns the revision and the number of voided votes.
    """
    voided = void_votes(request, f"The request changed: {cause}.")
    request.revision += 1
    outdate_suggestions(request, editor)
    revision = _write(
        request, editor=editor, cause=cause, checks=checks, differences=differences, suggested_by=suggested_by
    )
    return revision, voided


def _write(
    request: ChangeRequest,
    *,
    editor: Any,
    cause: str,
    checks: list[Any],
    differences: list[Any],
    suggested_by: Any = None,
) -> Revision:
    revision = Revision(
        request=request,
        number=request.revision,
        editor=editor,
        suggested_by=suggested_by,
        cause=cause,
        checks=checks,
        differences=differences,
        created_at=now(),
        **{field: getattr(request, field) for field in CONTENT_FIELDS},
    )
    revision.digest = digest_of(words_of(request, revision))
    revision.save(force_insert=True)
    request.digest = revision.digest
    return revision


def put_before_board(request: ChangeRequest, revision: Revision, checks: list[dict[str, str]]) -> Impact:
    """Compute and keep what voters will see with the revision, and set the digest that their votes must carry, and
    what must be given for it to pass."""
    effect = with_shadow(
        _effect(request), request.statement, key=request.subject_key, rule=str(request.proposed.get("rule", ""))
    )
    nonce = token_hex(16)
    impact = Impact(
        request=request,
        revision=revision,
        record=effect.record,
        checks=[
            *checks,
            impact_check(effect),
            *(check.as_json() for check in effect.checks),
            *guideline_check(request.statement.get("ethics")),
            *_moments(request),
        ],
        policy=requirement_of(request, request.board, effect.record, revision.differences),
        policy_version=request.board.policy_version,
        grounds=grounds_today(request),
        build_number=effect.build_number,
        samples=effect.samples,
        nonce=nonce,
        digest=authority.impact_digest(effect.record, nonce),
        created_at=now(),
    )
    impact.signed = digest_of(signed_of(request, revision, impact))
    impact.save(force_insert=True)
    request.digest = impact.signed
    request.requirement = impact.policy
    _refuse_missing_demands(request)
    return impact


def _moments(request: ChangeRequest) -> list[dict[str, str]]:
    named = request.statement.get("moments") or []
    return moments_check(request.subject_type, request.kind, request.subject_key, named)


def _refuse_missing_demands(request: ChangeRequest) -> None:
    """Refuse to put before the board what does not say all that the board demands to be told."""
    missing = [name.replace("_", " ") for name in missing_demands(request)]
    if missing:
        raise Conflict(
            f"{request.board.name} demands to be told: {', '.join(missing)}. Say it in the request, then submit it.",
            code="demand_missing",
            extra={"missing": missing},
        )


def grounds_today(request: ChangeRequest) -> dict[str, Any]:
    """The versions of all that the proposal rests on now."""
    subject = subject_for(request.subject_type)
    return subject.grounds(request.kind, request.subject_key, dict(request.proposed))


def _effect(request: ChangeRequest) -> Effect:
    subject = subject_for(request.subject_type)
    try:
        return subject.effect(kind=request.kind, key=request.subject_key, content=request.proposed)
    except DomainError as refused:
        return Effect({"form": "membership", "computed": False, "reason": refused.detail})


def impact_check(effect: Effect) -> dict[str, str]:
    """The check that says whether the impact is known."""
    if effect.record.get("computed"):
        build = f" on profile build {effect.build_number}" if effect.build_number is not None else ""
        return {"name": "Impact", "status": "pass", "reason": f"Computed{build}.", "remedy": ""}
    return {
        "name": "Impact",
        "status": "not_run",
        "reason": str(effect.record.get("reason") or "The impact could not be computed."),
        "remedy": "Request a run, then submit again, to see who would enter and leave.",
    }


def saved(request: ChangeRequest, **changes: Any) -> ChangeRequest:
    """Write the changes with a new version and time."""
    for field, value in changes.items():
        setattr(request, field, value)
    request.version += 1
    request.updated_at = now()
    request.save()
    return request


def about(request: ChangeRequest) -> dict[str, Any]:
    """The part of every fact about the request that says which one."""
    return {
        "request_id": request.pk,
        "subject_type": str(request.subject_type),
        "subject_key": request.subject_key,
        "revision": request.revision,
    }
