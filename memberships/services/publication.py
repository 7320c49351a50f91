"""Publishes what a run computed: everything in one transaction, or nothing."""

from collections.abc import Set
from time import perf_counter

from django.db import transaction

from common.actors import SYSTEM
from common.clock import now
from ledger.services import announce
from memberships import bitmaps
from memberships.choices import Cause, Phase, RunState, Trigger
from memberships.events import RunFinished
from memberships.models import Current
from memberships.selectors.questions import asked
from memberships.selectors.reading import Position, members_at
from memberships.services.catching_up import Found, add_causes, caught_up, causes_by_watermark, go_on
from memberships.services.claims import Claim, ClaimLost
from memberships.services.locks import take_publication_lock
from memberships.services.manifests import Computed, manifest_of
from memberships.services.nudging import nudge_publication
from memberships.services.runs import request_run
from memberships.services.writing import Writes, advance, close, failed, line, put_aside
from safeguards.choices import Scope
from safeguards.services import heed
from taxonomy.selectors import ActiveRule

SUPERSEDED, NEWER, FROZEN = "superseded", "newer", "frozen"


def publish(claim: Claim, computed: Computed) -> str:
    """Make the run's results current; the run's state afterwards.

    Afterwards every segment of the run stands as computed, with all changes of customers that anything published holds,
    except: where the version changed meanwhile (superseded, and requested anew), where a later run was faster, where
    the rule failed (the old members stay and say so), where it is frozen (its members stay). Raises ClaimLost when the
    run was cancelled or taken away.
    Announces: memberships.run.finished and memberships.changed for each segment whose members changed.
    """
    began = perf_counter()
    found = caught_up(computed)
    with transaction.atomic():
        if not claim.rows().select_for_update().exists():
            raise ClaimLost
        take_publication_lock()
        frozen = heed(Scope.SEGMENT)
        go_on(computed, found)
        add_causes(found)
        writes = _decided(claim, computed, found, frozen)
        writes.write()
        state = _finish(claim, computed, writes, found, publish_seconds=perf_counter() - began)
        for change in writes.changes:
            announce(change, actor=SYSTEM)
        announce(RunFinished(run_id=claim.run_id, state=state), actor=SYSTEM)
        if writes.superseded:
            reason = "The rule changed meanwhile"
            request_run(actor=SYSTEM, trigger=Trigger.VERSION, segment_keys=writes.superseded, reason=reason)
        # What changed while the run computed waits for the next micro-batch.
        transaction.on_commit(nudge_publication, robust=True)
    writes.keep()
    return state


def _decided(claim: Claim, computed: Computed, found: Found, frozen: Set[str]) -> Writes:
    """What becomes of each segment."""
    current = _currents(computed)
    latest = max((row.published_at for row in current.values() if row.published_at), default=None)
    # Never before an earlier publication, whatever the clocks of two workers say: history is read by this instant.
    at = max(now(), latest) if latest else now()
    standing = asked()
    writes = Writes(computed.run, computed.as_of, at, found.watermark, found.causes)
    positions = [Position(row.segment_id, row.snapshot_id, row.through) for row in current.values() if row.snapshot_id]
    writes.members = members_at(positions)
    writes.causes_after = causes_by_watermark(found, (row.watermark for row in current.values() if row.snapshot_id))
    for key in sorted(computed.rules):
        rule = computed.rules[key]
        if key in frozen:
            put_aside(writes, rule, FROZEN, "It is frozen: its members stay as they are until the freeze is lifted.")
            continue
        row = current.get(rule.segment_id) or Current(segment_id=rule.segment_id)
        _decide(writes, claim, computed, found, rule, row, standing.questions.get(key))
    in_use = {rule.segment_id for rule in standing.rules}
    for segment_id, row in current.items():
        if segment_id not in in_use and row.snapshot_id is not None and row.segment.key not in frozen:
            close(writes, row)
    return writes


def _currents(computed: Computed) -> dict[int, Current]:
    """The rows of the run's segments, with those of segments in its scope that are retired. Nobody else moves them
    while the publication lock is held."""
    rows = Current.objects.select_related("segment", "snapshot", "version").defer("snapshot__members")
    if named := computed.run.segment_keys:
        rows = rows.filter(segment__key__in={*computed.rules, *named})
    return {row.segment_id: row for row in rows.order_by("segment__key")}


def _decide(
    writes: Writes,
    claim: Claim,
    computed: Computed,
    found: Found,
    rule: ActiveRule,
    row: Current,
    standing: str | None,
) -> None:
    """What becomes of one segment."""
    if standing != computed.question[rule.key]:
        writes.superseded += [rule.key] if standing else []
        put_aside(writes, rule, SUPERSEDED, "Its rule changed while the run computed it.")
    elif row.pass_number > claim.pass_number or (row.as_of and row.as_of.date() > computed.as_of.date()):
        put_aside(writes, rule, NEWER, "A later run has published it already.")
    elif reason := found.failures.get(rule.key):
        failed(writes, rule, row, reason, computed.question[rule.key])
    else:
        row.pass_number = claim.pass_number
        question, members = computed.question[rule.key], found.members[rule.key]
        otherwise = (
            Cause.FIRST if row.snapshot_id is None else Cause.RULE if row.rule_digest != question else Cause.TIME
        )
        facts = advance(writes, rule, row, question, members, otherwise)
        if members is not computed.evaluation.members[rule.key]:
            facts["found"] = bitmaps.digest(computed.evaluation.members[rule.key])
        line(writes, rule, digest=question, **facts)


def _finish(claim: Claim, computed: Computed, writes: Writes, found: Found, *, publish_seconds: float) -> str:
    """Write the manifest and close the run; its state."""
    states = {each["state"] for each in writes.lines}
    if states and states <= {"failed"}:
        state = RunState.FAILED
    elif states and states <= {SUPERSEDED, NEWER}:
        state = RunState.SUPERSEDED
    else:
        state = RunState.SUCCEEDED
    ended = now()
    manifest = manifest_of(claim, computed, writes.lines, publish_seconds=publish_seconds)
    manifest["watermark"] = {"build": computed.build.watermark, "published": found.watermark, "rows_since": found.rows}
    is_failed = state == RunState.FAILED
    claim.rows().update(
        state=state,
        phase=Phase.WAITING,
        done=len(writes.lines),
        total=len(writes.lines),
        manifest=manifest,
        output_digest=manifest["output_digest"],
        watermark=found.watermark,
        ended_at=ended,
        heartbeat_at=ended,
        error_code="rules_failed" if is_failed else "",
        error_advice="No rule of this run could be evaluated. The reasons stand with the segments below."
        if is_failed
        else "",
    )
    return state
