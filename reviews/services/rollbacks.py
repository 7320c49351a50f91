"""Prepares the way back: a request that undoes what an applied one did, for the same board to decide."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from common.errors import Conflict
from reviews.choices import OPEN, Kind, State
from reviews.models import ChangeRequest
from reviews.selectors.requests import request_for
from reviews.services.requests import create_request
from reviews.subjects import Content, Live, subject_for
from taxonomy import selectors as taxonomy
from taxonomy.selectors.crosswalk import is_taken

Plan = tuple[str, str, Content]
"""Kind, key of the subject, and what is proposed."""


@transaction.atomic
def prepare_rollback(*, actor: Any, request_id: int) -> ChangeRequest:
    """Afterwards a draft stands that takes back what the applied request did, written against what is live today.

    What others changed since stays. Where such a draft is open already, that one is given. It takes the same way as
    any request: checked, submitted and decided by the board.

    Refuses: RequestUnknown, Conflict (not in effect; nothing can take it back, with what to do instead), NotAllowed,
    NoBoard, Invalid.
    Announces: RequestCreated, for a new draft.
    """
    applied = request_for(viewer=actor, request_id=request_id)
    if applied.state != State.APPLIED:
        raise Conflict("Only what took effect can be rolled back.", code="not_applied")
    standing = ChangeRequest.objects.filter(rolls_back=applied, state__in=OPEN).order_by("-pk").first()
    if standing is not None:
        return standing
    kind, key, proposed = _plan(applied)
    made = create_request(
        actor=actor,
        kind=kind,
        subject_type=applied.subject_type,
        subject_key=key,
        proposed=proposed,
        title=f"Roll back #{applied.pk}: {applied.title}"[:200],
        rationale=f"Takes back request #{applied.pk} “{applied.title}”, which took effect as version "
        f"{applied.applied_version}.",
        expected="What held before it holds again.",
    )
    made.rolls_back = applied
    made.save(update_fields=["rolls_back"])
    return made


def _plan(applied: ChangeRequest) -> Plan:
    subject = subject_for(applied.subject_type)
    way = _WAYS.get(applied.kind, _restored)
    kind, key, proposed = way(applied, subject.live(applied.subject_key))
    if kind not in subject.kinds:
        raise _impossible(f"A {subject.noun} cannot be taken back that way. Propose a change of it instead.")
    return kind, key, proposed


def _restored(applied: ChangeRequest, live: Live | None) -> Plan:
    """The version before, or, where others changed something since, the fields that this request changed."""
    if live is None:
        raise _impossible(f"{applied.subject_key} is no longer live, so there is nothing to take back.")
    before: Content = applied.base_content or {}
    subject = subject_for(applied.subject_type)
    if live.version == applied.applied_version and Kind.REVERT in subject.kinds:
        return Kind.REVERT, applied.subject_key, {"version": applied.base_version}
    changed = [name for name, value in applied.proposed.items() if before.get(name) != value]
    again = {name: before[name] for name in changed if name in before and live.content.get(name) != before[name]}
    if not again:
        raise _impossible(f"What request #{applied.pk} changed has been changed back since.")
    return Kind.CHANGE, applied.subject_key, again


def _retired(applied: ChangeRequest, live: Live | None) -> Plan:
    if live is None:
        raise _impossible(f"{applied.subject_key} is out of use already.")
    return Kind.RETIRE, applied.subject_key, {}


def _brought_back(applied: ChangeRequest, live: Live | None) -> Plan:
    if applied.subject_type in ("playbook", "brief") and live is None:
        return Kind.CREATE, applied.subject_key, dict(applied.base_content or {})
    raise _impossible(
        f"A key is never used again, so {applied.subject_key} cannot come back. Propose a new one with the content of "
        f"version {applied.base_version}."
    )


def _merged_again(applied: ChangeRequest, live: Live | None) -> Plan:
    """What was split becomes one segment again, under a new key: keys are never used twice."""
    key = _free_key(applied.subject_key)
    parts = [part["key"] for part in applied.proposed["parts"]]
    return Kind.MERGE, key, {"sources": parts, "content": dict(applied.base_content or {})}


def _split_again(applied: ChangeRequest, live: Live | None) -> Plan:
    """What was merged becomes the segments that it was, under new keys."""
    if applied.base_version is not None:
        raise _impossible(
            f"{applied.subject_key} existed before the merge and took others in. Propose a change of its rule, and "
            "new segments for those that it took in."
        )
    parts = [
        {
            "key": _free_key(source["key"]),
            "content": taxonomy.content_of(taxonomy.version(source["key"], source["version"])),
        }
        for source in applied.proposed["sources"]
    ]
    return Kind.SPLIT, applied.subject_key, {"parts": parts}


def _reorganised_back(applied: ChangeRequest, live: Live | None) -> Plan:
    rows = []
    for row in applied.proposed["rows"]:
        before = taxonomy.content_of(taxonomy.version(row["segment"], row["version"]))
        rows.append({"segment": row["segment"], **{name: before[name] for name in ("name", "parent", "tier")}})
    return Kind.REORGANISE, applied.subject_key, {"rows": rows}


def _swapped_back(applied: ChangeRequest, live: Live | None) -> Plan:
    content = applied.proposed
    values = content.get("values") or {}
    if len(set(values.values())) != len(values):
        raise _impossible("Two values became one, so the swap cannot be undone as a whole. Revert the segments singly.")
    back = {new: old for old, new in values.items()}
    swap = {"attribute": content["replacement"], "replacement": content["attribute"], "values": back}
    return Kind.SWAP, applied.subject_key, swap


def _free_key(key: str) -> str:
    """A key like this one that nobody has used."""
    found, number = f"{key[:55]}-again", 2
    while is_taken(found):
        found, number = f"{key[:52]}-again-{number}", number + 1
    return found


def _impossible(words: str) -> Conflict:
    return Conflict(words, code="no_way_back")


_WAYS: dict[str, Callable[[ChangeRequest, Live | None], Plan]] = {
    Kind.CREATE: _retired,
    Kind.RETIRE: _brought_back,
    Kind.SPLIT: _merged_again,
    Kind.MERGE: _split_again,
    Kind.REORGANISE: _reorganised_back,
    Kind.SWAP: _swapped_back,
}
