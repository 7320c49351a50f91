"""Brings a request up to date with the live version, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from common.clock import now
from common.digests import digest_of
from common.errors import Conflict, Invalid
from ledger.services import announce
from reviews.choices import WHOLE_KINDS, State
from reviews.content import plain
from reviews.events import RequestRebased
from reviews.models import ChangeRequest, Resolution
from reviews.policies import RequestPolicy
from reviews.services.examining import examined
from reviews.services.locking import check_lock_version, locked
from reviews.services.revising import about, next_revision, saved
from reviews.states import next_state
from reviews.subjects import Content, Live, subject_for

Side = Literal["live", "proposed"]
_ABSENT = object()


@dataclass(frozen=True)
class FieldComparison:
    """One field in three columns. `status`: live_moved, proposed (only the request changes it) or conflict.

    `remembered` is the side that was chosen when the same two sides met before.
    """

    field: str
    base: str
    live: str
    proposed: str
    status: str
    remembered: str = ""


@dataclass(frozen=True)
class _Decided:
    """One choice between two sides."""

    field: str
    side: str
    live: Any
    proposed: Any


def comparison(request: ChangeRequest) -> list[FieldComparison]:
    """The fields in which base, live version and proposal are not all the same, conflicts first."""
    live = subject_for(request.subject_type).live(request.subject_key)
    if live is None or request.kind in WHOLE_KINDS:
        return []
    base, now_live, proposed = _flat(request.base_content or {}), _flat(live.content), _flat(request.proposed)
    chosen = {(row.field, digest_of([row.live, row.proposed])): row.side for row in request.resolutions.all()}
    found = [
        FieldComparison(
            field,
            _show(base, field),
            _show(now_live, field),
            _show(proposed, field),
            status,
            chosen.get((field, digest_of([now_live.get(field), proposed.get(field)])), ""),
        )
        for field, status in _statuses(base, now_live, proposed).items()
        if status not in ("same", "both")
    ]
    return sorted(found, key=lambda row: (row.status != "conflict", row.field))


def rebase_request(
    *, actor: Any, request_id: int, choices: Mapping[str, str] | None = None, lock_version: int | None = None
) -> ChangeRequest:
    """Afterwards the request is a draft written against the live version; discussion kept, votes void.

    Fields that only one side changed take that side; `choices` (field -> live or proposed) decides the others.

    Refuses: RequestUnknown, NotAllowed, Stale (lock_version), IllegalMove, Conflict (nothing to bring up to date; no
    live version; fields in conflict without a choice, named in `conflicts`), Invalid.
    Announces: RequestRebased.
    """
    with locked(actor=actor, request_id=request_id) as request:
        RequestPolicy().require(actor, "rebase", request)
        check_lock_version(request, lock_version)
        state = next_state(request.state, "rebase")
        subject = subject_for(request.subject_type, request.kind)
        live = subject.live(request.subject_key)
        live = _rebasable(request, live)
        content, decided = _merged(request, live, dict(choices or {}))
        found = examined(
            viewer=actor, subject=subject, kind=request.kind, key=request.subject_key, content=content, base=live
        )
        request.base_version, request.base_content = (live.version, live.content) if live else (None, None)
        request.proposed, request.path, request.board = found.content, found.path, found.board
        _, voided = next_revision(
            request, editor=actor, cause="brought up to date", checks=found.checks, differences=found.differences
        )
        _remember(request, decided, actor)
        saved(request, state=state, state_reason="", decided_at=None)
        announce(RequestRebased(**about(request), base_version=request.base_version, voided=voided), actor=actor)
        return request


def _rebasable(request: ChangeRequest, live: Live | None) -> Live | None:
    """The live version to write against; None for a new thing that is still to come."""
    if request.base_version is None and live is None:
        if request.state == State.STALE:
            return None
        raise Conflict("The request is up to date: nothing it rests on has moved.", code="up_to_date")
    if request.base_version is None:
        raise Conflict(
            f"{request.subject_key} exists already, so it cannot be created again. Withdraw this and propose a change.",
            code="cannot_rebase",
        )
    if live is None:
        raise Conflict(f"{request.subject_key} is no longer live. Withdraw this request.", code="cannot_rebase")
    if live.version == request.base_version and request.state != State.STALE:
        raise Conflict("The request is up to date: the live version has not moved.", code="up_to_date")
    return live


def _merged(request: ChangeRequest, live: Live | None, choices: dict[str, str]) -> tuple[Content, list[_Decided]]:
    """The content written against the live version, and what was decided where both sides had changed a field."""
    if live is None or request.kind in WHOLE_KINDS:
        subject = subject_for(request.subject_type, request.kind)
        return subject.full_content(request.kind, request.subject_key, dict(request.proposed), live), []
    base, now_live, proposed = _flat(request.base_content or {}), _flat(live.content), _flat(request.proposed)
    statuses = _statuses(base, now_live, proposed)
    conflicts = [field for field, status in statuses.items() if status == "conflict"]
    _refuse_odd_choices(choices, statuses)
    undecided = [field for field in conflicts if field not in choices]
    if undecided:
        raise _conflict(undecided, base, now_live, proposed)
    merged: Content = {}
    for field, status in statuses.items():
        side = choices.get(field, "live" if status == "live_moved" else "proposed")
        source = now_live if side == "live" else proposed
        if field in source:
            merged[field] = source[field]
    decided = [_Decided(field, choices[field], now_live.get(field), proposed.get(field)) for field in conflicts]
    return _nested(merged), decided


def _remember(request: ChangeRequest, decided: list[_Decided], actor: Any) -> None:
    """Keep what was chosen, so that the same conflict is not asked about as if it were new."""
    Resolution.objects.bulk_create(
        Resolution(
            request=request,
            revision=request.revision,
            field=row.field,
            side=row.side,
            live=row.live,
            proposed=row.proposed,
            chosen_by=actor,
            chosen_at=now(),
        )
        for row in decided
    )


def _refuse_odd_choices(choices: Mapping[str, str], statuses: Mapping[str, str]) -> None:
    for field, side in choices.items():
        if field not in statuses or side not in ("live", "proposed"):
            raise Invalid(
                "A choice names a field of the content and says live or proposed.",
                code="unknown_choice",
                pointer=f"/choices/{field}",
            )


def _conflict(fields: list[str], base: Content, live: Content, proposed: Content) -> Conflict:
    rows = [
        {"field": field, "base": base.get(field), "live": live.get(field), "proposed": proposed.get(field)}
        for field in fields
    ]
    names = ", ".join(field.replace("_", " ").replace(".", " ") for field in fields)
    return Conflict(
        f"The live version and this request both changed: {names}. Choose for each: keep live, or take proposed.",
        code="rebase_conflict",
        extra={"conflicts": rows},
    )


def _statuses(base: Content, live: Content, proposed: Content) -> dict[str, str]:
    fields = list(dict.fromkeys([*proposed, *live, *base]))
    return {field: _status(*(side.get(field, _ABSENT) for side in (base, live, proposed))) for field in fields}


def _status(base: Any, live: Any, proposed: Any) -> str:
    if live == proposed:
        return "same" if live == base else "both"
    if live == base:
        return "proposed"
    return "live_moved" if proposed == base else "conflict"


def _flat(content: Content) -> Content:
    """The content with its owners as fields of their own, so that each is merged by itself."""
    flat = {field: value for field, value in content.items() if field != "owners"}
    for role, person in (content.get("owners") or {}).items():
        flat[f"owners.{role}"] = person
    return flat


def _nested(flat: Content) -> Content:
    content = {field: value for field, value in flat.items() if not field.startswith("owners.")}
    owners = {field.removeprefix("owners."): value for field, value in flat.items() if field.startswith("owners.")}
    return {**content, "owners": owners} if owners else content


def _show(content: Content, field: str) -> str:
    return plain(content.get(field))
