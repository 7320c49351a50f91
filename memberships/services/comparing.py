"""Compares what a repetition found with what the run before it found, segment by segment."""

from typing import Any

from django.db import transaction

from common.actors import SYSTEM
from common.clock import now
from ledger.services import announce
from memberships import bitmaps
from memberships.choices import Phase, RunState
from memberships.errors import NotRepeatable
from memberships.events import RunCompared
from memberships.models import Run
from memberships.selectors.reading import members_at, positions_at
from memberships.services.claims import Claim, ClaimLost
from memberships.services.manifests import Computed, manifest_of

IDENTICAL, DIFFERENT = "identical", "different"


@transaction.atomic
def compare(claim: Claim, computed: Computed) -> str:
    """Afterwards the repetition has succeeded, and its manifest says what came out as before and what did not.

    Nothing of it is published. Raises ClaimLost when it was cancelled or taken away.
    Announces: memberships.run.compared.
    """
    if not claim.rows().select_for_update().exists():
        raise ClaimLost
    original = computed.run.repeats
    if original is None:
        raise NotRepeatable(f"Run {computed.run.pk} names no run that it repeats.")
    lines = [_line(line, computed) for line in original.manifest["segments"] if "digest" in line]
    different = [line for line in lines if line["state"] == DIFFERENT]
    _count(original, different, computed)
    manifest = manifest_of(claim, computed, lines, publish_seconds=0.0)
    verdict = DIFFERENT if different or manifest["output_digest"] != original.output_digest else IDENTICAL
    manifest["comparison"] = {
        "repeats": original.pk,
        "verdict": verdict,
        "expected_digest": original.output_digest,
        "segments": len(lines),
        "different": [line["segment"] for line in different],
    }
    ended = now()
    claim.rows().update(
        state=RunState.SUCCEEDED,
        phase=Phase.WAITING,
        done=len(lines),
        total=len(lines),
        manifest=manifest,
        output_digest=manifest["output_digest"],
        ended_at=ended,
        heartbeat_at=ended,
    )
    announce(RunCompared(run_id=claim.run_id, repeats=original.pk, verdict=verdict), actor=SYSTEM)
    return RunState.SUCCEEDED


def _line(before: dict[str, Any], computed: Computed) -> dict[str, Any]:
    """What became of one segment: identical, when members or failure are as before."""
    key = before["segment"]
    kept = {name: before[name] for name in ("segment", "name", "version", "digest") if name in before}
    expected = before.get("found", before.get("members"))
    if key in computed.evaluation.failures:
        reason = computed.evaluation.failures[key]
        return kept | {"state": DIFFERENT if expected else IDENTICAL, "reason": reason}
    members = computed.evaluation.members[key]
    found = bitmaps.digest(members)
    state = IDENTICAL if found == expected else DIFFERENT
    return kept | {"state": state, "size": len(members), "members": found, "expected": expected}


def _count(original: Run, lines: list[dict[str, Any]], computed: Computed) -> None:
    """Write into each line how many customers differ, where the members of then are still to be had."""
    if original.ended_at is None or not lines:
        return
    positions = positions_at(original.ended_at, [line["segment"] for line in lines])
    members = members_at(positions.values())
    for line in lines:
        place, found = positions.get(line["segment"]), computed.evaluation.members.get(line["segment"])
        if place is None or found is None:
            continue
        then = members[place.segment_id]
        if bitmaps.digest(then) == line.get("expected"):
            line["customers"] = len(then ^ found)
