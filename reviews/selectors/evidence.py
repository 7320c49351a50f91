"""The evidence pack of a request: one zip with everything that the decision rests on, and a script that checks it."""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from ledger.selectors import entries_about
from reviews import authority
from reviews.models import ChangeRequest, Delegation, Impact, Revision
from reviews.selectors import evidence_rows as rows
from reviews.selectors.requests import request_for
from reviews.selectors.shown_impact import shown_record
from reviews.selectors.standing import standing
from reviews.selectors.timeline import Moment, timeline

VERIFIER = Path(__file__).with_name("verify.py")
README = """Evidence of change request {number}: {title}
{underline}

Open summary.html to read it. Run `python verify.py` in this folder to check it: Python alone, no network, no portal.

request.json      the request as it stands: kind, subject, author, board, state, dates, statement, what it needed
revisions.json    every wording, by whom and when, each with the digest of its text and what it differs in
impacts.json      what was put before the board with each submitted revision: impact, checks, policy, grounds; where
                  you may not read exact counts, the digest of the impact and what you may know of it. The digest is
                  that of {{"nonce": nonce, "record": record}}; without a nonce, of the record alone
signed.json       per submitted revision, exactly what a vote agreed to
votes.json        every vote with verdict, reason and the digest that it carried; void and hollow ones with the reason
declarations.json who stood aside; delegations.json: seats that were lent; invitations.json: outsiders who were asked
suggestions.json  other wordings that were offered; comments.json: the conversation; timeline.json: what happened
ledger.json       the ledger's entries about this request, each with its hash and the exact text that it was taken of
manifest.json     the SHA-256 of every other file

To check a vote by hand: write the object of signed.json for its revision as JSON with sorted keys, no spaces and
unescaped Unicode, take its SHA-256, and compare it with the vote's digest. To check an entry: take the SHA-256 of its
text in UTF-8.

The hashes in ledger.json chain all entries of the portal; entries about other things lie between those shown here, so
this pack alone proves that its entries are unaltered only against a head of the chain that was published elsewhere.
verify.py says at its end what else it does not prove.
"""


def evidence_pack(*, viewer: Any, request_id: int) -> bytes:
    """The zip as bytes; the same request in the same state gives the same bytes to everybody who reads as much of it.

    Who may not read exact counts gets a record's digest in the place of the record, and what the page shows them.
    """
    request = request_for(viewer=viewer, request_id=request_id)
    parts = _parts(viewer, request)
    moments = timeline(viewer=viewer, request=request)
    parts["timeline.json"] = [_moment(each) for each in moments]
    title = f"Evidence of change request {request.pk}: {request.title}"
    files = {
        name: json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n" for name, value in parts.items()
    }
    files["README.txt"] = README.format(number=request.pk, title=request.title, underline="=" * len(title))
    files["verify.py"] = VERIFIER.read_text(encoding="utf-8")
    shown = {name.removesuffix(".json"): value for name, value in parts.items()}
    files["summary.html"] = render_to_string("reviews/evidence_summary.html", {"found": request, **shown})
    listed = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    files["manifest.json"] = _as_text({"request": request.pk, "files": listed})
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as pack:
        for name in sorted(files):
            _add(pack, name, files[name])
    return held.getvalue()


def _parts(viewer: Any, request: ChangeRequest) -> dict[str, Any]:
    impacts = list(Impact.objects.filter(request_id=request.pk).select_related("revision").order_by("pk"))
    votes = list(request.votes.select_related("voter", "revision").order_by("pk"))
    hollow = {vote.pk for vote in standing(request).hollow}
    entries = list(entries_about("request", str(request.pk)).order_by("id"))
    texts = rows.sealed_texts([entry.pk for entry in entries])
    lent = Delegation.objects.filter(pk__in={vote.delegation_id for vote in votes if vote.delegation_id})
    people = ("author", "closed_by", "revision")
    return {
        "request.json": rows.request_row(request),
        "revisions.json": [
            rows.revision_row(row)
            for row in request.revisions.select_related("editor", "suggested_by").order_by("number")
        ],
        "impacts.json": [rows.impact_row(row, shown_record(viewer, request, row.record)) for row in impacts],
        "signed.json": [signed_of(request, row.revision, row) for row in impacts],
        "votes.json": [rows.vote_row(vote, HOLLOW if vote.pk in hollow else "") for vote in votes],
        "comments.json": [rows.comment_row(row) for row in request.comments.select_related("author").order_by("pk")],
        "suggestions.json": [
            rows.suggestion_row(row) for row in request.suggestions.select_related(*people).order_by("pk")
        ],
        "declarations.json": [
            rows.declaration_row(row) for row in request.declarations.select_related("person", "declared_by")
        ],
        "delegations.json": [
            rows.delegation_row(row) for row in lent.select_related("seat__user", "delegate", "granted_by")
        ],
        "invitations.json": [rows.invitation_row(row) for row in request.invitations.select_related("invited_by")],
        "ledger.json": [rows.entry_row(entry, texts[entry.pk]) for entry in entries],
    }


HOLLOW = "It does not count: its seat had ended, or the voter stood aside, when the pack was made."


def _moment(moment: Moment) -> dict[str, Any]:
    return {
        "at": authority.instant(moment.at),
        "who": moment.who,
        "what": moment.what,
        "text": moment.text,
        "note": moment.note,
        "entry": moment.entry_id,
    }


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


def _as_text(value: Any) -> str:
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _add(pack: zipfile.ZipFile, name: str, text: str) -> None:
    pack.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
