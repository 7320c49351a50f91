"""The evidence pack of a request: one zip with everything that the decision rests on."""

import io
import json
import zipfile
from typing import Any

from ledger.selectors import entries_for
from reviews import authority
from reviews.models import ChangeRequest, Comment, Impact, Revision, Vote
from reviews.selectors.requests import request_for

README = """Evidence of change request {number}: {title}
{underline}

request.json    the request as it stands: kind, subject, author, board, state, dates, digest of the current revision
revisions.json  every wording, by whom and when, each with the digest of its text and what it differs in
impacts.json    what was put before the board with each submitted revision: impact, checks, policy
signed.json     per submitted revision, exactly what a vote agreed to
votes.json      every vote with verdict, reason and the digest that it carried; void ones with the reason
comments.json   the conversation
ledger.json     the ledger's entries about this request, with the hash of each and of the entry before it

To check a vote without the portal: write the object of signed.json for its revision as JSON with sorted keys, no
spaces and unescaped Unicode, take its SHA-256, and compare it with the vote's digest.

The hashes in ledger.json chain all entries of the portal; entries about other things lie between those shown here, so
this pack alone proves that its entries are unaltered only against a head of the chain that was published elsewhere.
"""


def evidence_pack(*, viewer: Any, request_id: int) -> bytes:
    """The zip as bytes; the same request in the same state gives the same bytes."""
    request = request_for(viewer=viewer, request_id=request_id)
    impacts = list(Impact.objects.filter(request_id=request.pk).select_related("revision").order_by("pk"))
    parts: dict[str, Any] = {
        "request.json": _request(request),
        "revisions.json": [_revision(row) for row in request.revisions.select_related("editor").order_by("number")],
        "impacts.json": [_impact(row) for row in impacts],
        "signed.json": [signed_of(request, row.revision, row) for row in impacts],
        "votes.json": [_vote(row) for row in request.votes.select_related("voter", "revision").order_by("pk")],
        "comments.json": [_comment(row) for row in request.comments.select_related("author").order_by("pk")],
        "ledger.json": [_entry(row) for row in _entries(viewer, request)],
    }
    title = f"Evidence of change request {request.pk}: {request.title}"
    readme = README.format(number=request.pk, title=request.title, underline="=" * len(title))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as pack:
        _add(pack, "README.txt", readme)
        for name, value in parts.items():
            _add(pack, name, json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    return held.getvalue()


def words_of(request: ChangeRequest, revision: Revision) -> dict[str, Any]:
    """The wording of one revision as the digest covers it."""
    return authority.wording(
        kind=request.kind,
        subject_type=request.subject_type,
        subject_key=request.subject_key,
        base_version=revision.base_version,
        proposed=revision.proposed,
        rationale=revision.rationale,
        expected=revision.expected,
        effective_at=revision.effective_at,
        statement=revision.statement,
        revision=revision.number,
    )


def signed_of(request: ChangeRequest, revision: Revision, impact: Impact) -> dict[str, Any]:
    """All that a vote on the revision agreed to."""
    return authority.signed(
        words_of(request, revision),
        impact=impact.digest,
        checks=impact.checks,
        policy=impact.policy,
        policy_version=impact.policy_version,
    )


def _add(pack: zipfile.ZipFile, name: str, text: str) -> None:
    pack.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)


def _entries(viewer: Any, request: ChangeRequest) -> Any:
    return entries_for(viewer=viewer, object_type="request", object_key=str(request.pk)).order_by("id")


def _request(request: ChangeRequest) -> dict[str, Any]:
    return {
        "id": request.pk,
        "kind": request.kind,
        "subject": {"type": request.subject_type, "key": request.subject_key},
        "title": request.title,
        "board": request.board.key,
        "author": request.author.get_username(),
        "state": request.state,
        "state_reason": request.state_reason,
        "revision": request.revision,
        "digest": request.digest,
        "correlation_id": str(request.correlation_id),
        "created_at": authority.instant(request.created_at),
        "submitted_at": authority.instant(request.submitted_at),
        "decided_at": authority.instant(request.decided_at),
        "applied_at": authority.instant(request.applied_at),
        "applied_version": request.applied_version,
    }


def _revision(row: Revision) -> dict[str, Any]:
    return {
        "number": row.number,
        "editor": row.editor.get_username() if row.editor else None,
        "cause": row.cause,
        "title": row.title,
        "proposed": row.proposed,
        "rationale": row.rationale,
        "expected": row.expected,
        "effective_at": authority.instant(row.effective_at),
        "statement": row.statement,
        "base_version": row.base_version,
        "base_content": row.base_content,
        "differences": row.differences,
        "digest": row.digest,
        "created_at": authority.instant(row.created_at),
    }


def _impact(row: Impact) -> dict[str, Any]:
    return {
        "revision": row.revision.number,
        "record": row.record,
        "checks": row.checks,
        "policy": row.policy,
        "policy_version": row.policy_version,
        "build_number": row.build_number,
        "digest": row.digest,
        "signed": row.signed,
        "created_at": authority.instant(row.created_at),
    }


def _vote(row: Vote) -> dict[str, Any]:
    return {
        "id": row.pk,
        "revision": row.revision.number,
        "voter": row.voter.get_username(),
        "function": row.function,
        "verdict": row.verdict,
        "reason": row.reason,
        "digest": row.digest,
        "cast_at": authority.instant(row.cast_at),
        "voided_at": authority.instant(row.voided_at),
        "void_reason": row.void_reason,
    }


def _comment(row: Comment) -> dict[str, Any]:
    return {
        "id": row.pk,
        "author": row.author.get_username(),
        "field": row.field,
        "body": row.body,
        "created_at": authority.instant(row.created_at),
    }


def _entry(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "at": authority.instant(row.at),
        "event": row.event,
        "actor": row.actor_name,
        "correlation_id": str(row.correlation_id),
        "payload": row.payload,
        "previous_hash": bytes(row.previous_hash or b"").hex(),
        "hash": bytes(row.hash or b"").hex(),
    }
