"""The rows of an evidence pack: what of each table goes into it, in a form that needs no portal to read."""

from typing import Any

from django.db import connection

from reviews import authority
from reviews.models import (
    ChangeRequest,
    Comment,
    Declaration,
    Delegation,
    Impact,
    Invitation,
    Revision,
    Suggestion,
    Vote,
)


def request_row(request: ChangeRequest) -> dict[str, Any]:
    """The request as it stands."""
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
        "path": request.path,
        "statement": request.statement,
        "requirement": request.requirement,
        "is_emergency": request.is_emergency,
    }


def revision_row(row: Revision) -> dict[str, Any]:
    """One wording with its digest."""
    return {
        "number": row.number,
        "editor": row.editor.get_username() if row.editor else None,
        "suggested_by": row.suggested_by.get_username() if row.suggested_by else None,
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


WITHHELD = (
    "Whoever took this pack may not read exact counts, so the record that was signed is not in it. `digest` is its "
    "digest together with a nonce, so that no count can be guessed from it; `signed` covers it, and `shown` is what "
    "its reader may know. A pack taken by a member of the board or an auditor holds the record itself."
)


def impact_row(row: Impact, shown: dict[str, Any]) -> dict[str, Any]:
    """What was put before the board with one revision; of the record only what its reader is `shown`, where that is
    less than what was signed."""
    told = {name: value for name, value in shown.items() if name != "exact"}
    is_whole = told == row.record
    return {
        "revision": row.revision.number,
        "record": row.record if is_whole else None,
        **({"nonce": row.nonce} if is_whole else {"withheld": WITHHELD, "shown": told}),
        "checks": row.checks,
        "policy": row.policy,
        "policy_version": row.policy_version,
        "build_number": row.build_number,
        "digest": row.digest,
        "signed": row.signed,
        "grounds": row.grounds,
        "created_at": authority.instant(row.created_at),
    }


def vote_row(row: Vote, hollow: str) -> dict[str, Any]:
    """One vote, void or not; `hollow` says why one that stands does not count."""
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
        "hollow": hollow,
        "delegation": row.delegation_id,
        "meeting": row.meeting_id,
    }


def comment_row(row: Comment) -> dict[str, Any]:
    """One remark."""
    return {
        "id": row.pk,
        "author": row.author.get_username(),
        "field": row.field,
        "clause": row.clause,
        "revision": row.revision,
        "body": row.body,
        "created_at": authority.instant(row.created_at),
    }


def entry_row(row: Any, text: str) -> dict[str, Any]:
    """One entry of the ledger; `text` is exactly what its hash was taken of."""
    return {
        "id": row.pk,
        "at": authority.instant(row.at),
        "event": row.event,
        "actor": row.actor_name,
        "correlation_id": str(row.correlation_id),
        "payload": row.payload,
        "text": text,
        "previous_hash": bytes(row.previous_hash or b"").hex(),
        "hash": bytes(row.hash or b"").hex(),
    }


def suggestion_row(row: Suggestion) -> dict[str, Any]:
    """One suggestion and what became of it."""
    return {
        "id": row.pk,
        "author": row.author.get_username(),
        "revision": row.revision.number,
        "field": row.field,
        "proposed": row.proposed,
        "note": row.note,
        "state": row.state,
        "closed_by": row.closed_by.get_username() if row.closed_by else None,
        "closed_at": authority.instant(row.closed_at),
        "created_at": authority.instant(row.created_at),
    }


def declaration_row(row: Declaration) -> dict[str, Any]:
    """Who stood aside, and why."""
    return {
        "id": row.pk,
        "person": row.person.get_username(),
        "kind": row.kind,
        "reason": row.reason,
        "declared_by": row.declared_by.get_username(),
        "declared_at": authority.instant(row.declared_at),
        "withdrawn_at": authority.instant(row.withdrawn_at),
    }


def delegation_row(row: Delegation) -> dict[str, Any]:
    """One seat that was lent and voted with here."""
    return {
        "id": row.pk,
        "holder": row.seat.user.get_username(),
        "function": row.seat.function,
        "delegate": row.delegate.get_username(),
        "reason": row.reason,
        "granted_by": row.granted_by.get_username(),
        "starts_at": authority.instant(row.starts_at),
        "ends_at": authority.instant(row.ends_at),
        "revoked_at": authority.instant(row.revoked_at),
    }


def invitation_row(row: Invitation) -> dict[str, Any]:
    """One outsider who was asked; neither their address nor the secret of their link."""
    return {
        "id": row.pk,
        "name": row.name,
        "organisation": row.organisation,
        "question": row.question,
        "invited_by": row.invited_by.get_username(),
        "invited_at": authority.instant(row.invited_at),
        "answered_at": authority.instant(row.answered_at),
        "verdict": row.verdict,
        "reason": row.reason,
        "digest": row.digest,
        "voided_at": authority.instant(row.voided_at),
    }


def sealed_texts(numbers: list[int]) -> dict[int, str]:
    """Per entry of the ledger exactly the text that its hash was taken of, as the database itself writes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, ledger_entry_text(e) FROM ledger_entry e WHERE id = ANY(%s)", [numbers])
        return dict(cursor.fetchall())
