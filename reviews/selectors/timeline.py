"""The story of a request: its ledger entries as sentences, with the reasons of votes and the comments in place."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.choices import Function
from accounts.selectors import names_of
from ledger.selectors import entries_for
from ledger.sentences import sentence_of
from reviews.choices import Verdict
from reviews.models import ChangeRequest, Comment, Vote
from reviews.selectors.since import moment_in_words

_PHRASES = {
    "reviews.request.created": "began this request",
    "reviews.request.edited": "wrote revision {revision}: {cause}",
    "reviews.request.submitted": "submitted revision {revision} to the board",
    "reviews.request.withdrawn": "withdrew the request",
    "reviews.request.approved": "gave the deciding approval",
    "reviews.request.rejected": "rejected the request; the live version stays as it is",
    "reviews.request.returned": "asked for changes",
    "reviews.request.applied": "put it into effect as version {version_number}",
    "reviews.request.staled": "marked it stale: {cause}",
    "reviews.request.rebased": "brought it up to date with the live version",
    "reviews.request.expired": "let it expire after {days} days in review",
    "reviews.request.scheduled": "set the effective date to {effective_at}",
    "reviews.attempt.refused": "was refused to {attempt} it: {cause}",
    "reviews.comment.added": "commented",
    "reviews.request.claimed": "is looking at it",
    "reviews.claim.released": "no longer looks at it",
    "reviews.request.reminded": "reminded those who can still vote, {stage} its date",
    "reviews.request.escalated": "told the board {board_key} that it is overdue",
    "reviews.delegation.offered": "offered to lend the seat of {username}, who has not been here",
    "reviews.vote.voided": "voided the vote of {username}: {cause}",
    "reviews.aside.declared": "declared that {username} stands aside: {kind}",
    "reviews.aside.withdrawn": "withdrew the declaration that {username} stands aside",
    "reviews.outsider.invited": "asked {invited} from outside",
    "reviews.outsider.reminded": "sent {invited} from outside another link; the earlier one leads nowhere",
    "reviews.outsider.uninvited": "took the invitation of {invited} back",
    "reviews.outsider.answered": "took the answer of {invited} from outside: {verdict}",
    "reviews.suggestion.made": "suggested another wording: {part}",
    "reviews.assumption.left": "found that “{text}” no longer holds: it is {value:,g}",
    "reviews.assumption.reviewed": "looked at “{text}”, which no longer held: {note}",
    "reviews.suggestion.closed": "closed a suggestion about {part}: {outcome}",
    "reviews.emergency.armed": "armed the way past the board: {reason}",
    "reviews.emergency.used": "put it into effect past its board: {reason}",
    "reviews.retro.escalated": "handed the review that is owed to {reached}",
    "reviews.retro.held": "held the review that was owed: {verdict}",
    "reviews.rollback.owed": "{words} its way back",
}
_LOOKS = {
    "reviews.request.applied": ("check-circle", "good"),
    "reviews.request.approved": ("check", "good"),
    "reviews.request.rejected": ("x-circle", "bad"),
    "reviews.request.returned": ("arrow-counterclockwise", "warn"),
    "reviews.request.staled": ("exclamation-triangle", "warn"),
    "reviews.request.expired": ("clock", "quiet"),
    "reviews.attempt.refused": ("slash-circle", "bad"),
    "reviews.request.edited": ("pencil", "note"),
    "reviews.vote.voided": ("slash-circle", "warn"),
    "reviews.aside.declared": ("person-dash", "warn"),
    "reviews.outsider.invited": ("envelope", "note"),
    "reviews.outsider.reminded": ("envelope", "note"),
    "reviews.outsider.answered": ("envelope-open", "note"),
    "reviews.comment.added": ("chat-left-text", "quiet"),
    "reviews.request.claimed": ("eye", "quiet"),
    "reviews.request.reminded": ("bell", "note"),
    "reviews.request.escalated": ("megaphone", "warn"),
    "reviews.suggestion.made": ("pencil", "quiet"),
    "reviews.emergency.armed": ("exclamation-triangle", "warn"),
    "reviews.emergency.used": ("exclamation-triangle", "bad"),
    "reviews.retro.held": ("clipboard-check", "note"),
}
_VERDICT_TONES = {"approve": "good", "reject": "bad", "request_changes": "warn", "abstain": "quiet"}


@dataclass(frozen=True)
class Moment:
    """One thing that happened: who, a clause that reads after the name, and the text that was left with it."""

    at: datetime
    who: str
    what: str
    event: str
    entry_id: int
    text: str = ""
    kind: str = "fact"
    icon: str = ""
    tone: str = "quiet"
    note: str = ""
    anchor: str = ""
    comment_id: int = 0


def timeline(*, viewer: Any, request: ChangeRequest) -> list[Moment]:
    """What happened to the request, oldest first."""
    rows = list(_entries(viewer, request).order_by("id"))
    votes = {vote.pk: vote for vote in Vote.objects.filter(request_id=request.pk)}
    comments = {comment.pk: comment for comment in Comment.objects.filter(request_id=request.pk)}
    names = names_of({row.actor_id for row in rows if row.actor_id is not None})
    return [_moment(row, names, votes, comments) for row in rows]


def _entries(viewer: Any, request: ChangeRequest) -> QuerySet[Any]:
    return entries_for(viewer=viewer, object_type="request", object_key=str(request.pk))


def _moment(row: Any, names: dict[int, str], votes: dict[int, Vote], comments: dict[int, Comment]) -> Moment:
    who = names.get(row.actor_id, "Segportal" if row.actor_name == "system" else row.actor_name)
    icon, tone = _LOOKS.get(row.event, ("circle", "quiet"))
    payload = {**row.payload, "effective_at": moment_in_words(row.payload.get("effective_at")) or "the day of approval"}
    payload |= {name: str(payload[name]).replace("_", " ") for name in ("verdict", "kind") if name in payload}
    what = _PHRASES.get(row.event, "").format_map(payload) if row.event in _PHRASES else sentence_of(row)
    if row.event == "reviews.vote.cast":
        return _vote_moment(row, who, votes.get(row.payload["vote_id"]))
    comment = comments.get(row.payload.get("comment_id", 0)) if row.event == "reviews.comment.added" else None
    if comment is not None:
        what = f"commented on {comment.field}" if comment.field else what
    return Moment(
        at=row.at,
        who=who,
        what=what,
        event=row.event,
        entry_id=row.pk,
        text=comment.body if comment else "",
        kind="comment" if comment else "fact",
        icon=icon,
        tone=tone,
        anchor=f"comment-{comment.pk}" if comment else "",
        comment_id=comment.pk if comment else 0,
    )


def _vote_moment(row: Any, who: str, vote: Vote | None) -> Moment:
    verdict = row.payload["verdict"]
    held = row.payload["function"]
    role = f"for {Function(held).label}" if held in Function.values else "when asked by name"
    return Moment(
        at=row.at,
        who=who,
        what=f"voted “{Verdict(verdict).label}” {role} on revision {row.payload['revision']}",
        event=row.event,
        entry_id=row.pk,
        text=vote.reason if vote else "",
        kind="vote",
        icon="check" if verdict == "approve" else "x" if verdict == "reject" else "circle",
        tone=_VERDICT_TONES[verdict],
        note=f"Void: {vote.void_reason}" if vote and vote.voided_at else "",
        anchor=f"vote-{row.payload['vote_id']}",
    )
