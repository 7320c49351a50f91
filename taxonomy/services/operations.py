"""Carries out approved operations on several segments at once. Only `reviews.subjects` may call these services."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from common.actors import SYSTEM, Actor
from common.clock import now
from ledger.services import announce
from taxonomy.errors import StaleBase
from taxonomy.events import SegmentsRegrouped
from taxonomy.models import SegmentVersion
from taxonomy.selectors.plans import Mapped, Plan
from taxonomy.selectors.proposed import Standpoint, standpoint_in_force
from taxonomy.selectors.segments import live_version
from taxonomy.services.drawing import draw_line
from taxonomy.services.enactment import enact_version, retire_segment
from taxonomy.services.structure import hold_structure


@transaction.atomic
def enact_plan(
    *, actor: Actor, plan: Plan, about: str, rationale: str, expected_outcome: str, request_ref: str
) -> dict[str, SegmentVersion]:
    """All of it stands, or nothing: new and changed segments are in force, those that go are retired, rules that
    referred to them ask for what took their place, and the crosswalk says what became of what. By key, the versions.

    Keys are never used twice, and each segment must be at the version that the decision was made about.

    Refuses: as `enact_version` and `retire_segment`, naming the segment; `StaleBase` for any that moved on.
    Announces: `taxonomy.version.enacted` and `taxonomy.segment.retired` for each; `taxonomy.segments.regrouped`.
    """
    hold_structure()
    _refuse_moved(plan)
    old = {row.key: live_version(row.key) for row in plan.leaving}
    made = {
        step.key: enact_version(
            actor=actor,
            kind=step.kind,
            segment_key=step.key,
            content=step.content,
            rationale=rationale,
            expected_outcome=expected_outcome,
            base_version=step.base_version,
            request_ref=request_ref,
        )
        for step in plan.steps
    }
    _draw_lines(plan, old, made, request_ref)
    for row in plan.leaving:
        retire_segment(
            actor=actor,
            segment_key=row.key,
            base_version=row.base_version,
            successor_key=row.successor,
            rationale=rationale,
            request_ref=request_ref,
            is_mapped=True,
        )
    names = ", ".join(plan.keys)[:900]
    announce(
        SegmentsRegrouped(operation=plan.operation, segment_key=about, names=names, request_ref=request_ref),
        actor=actor,
    )
    return made


@contextmanager
def rehearsed(plan: Plan) -> Iterator[dict[str, SegmentVersion]]:
    """Within the block the plan stands as if it were enacted; after it nothing of it has happened.

    Refuses: as `enact_plan`.
    Announces: nothing.
    """
    with transaction.atomic():
        mark = transaction.savepoint()
        try:
            yield enact_plan(
                actor=SYSTEM,
                plan=plan,
                about="",
                rationale="A rehearsal.",
                expected_outcome="",
                request_ref="rehearsal",
            )
        finally:
            transaction.savepoint_rollback(mark)


def _refuse_moved(plan: Plan) -> None:
    bases = {step.key: step.base_version for step in plan.steps} | {row.key: row.base_version for row in plan.leaving}
    for key, base in bases.items():
        live = live_version(key)
        if (live.number if live else None) != base:
            stands = f"is at version {live.number}" if live else "is not in use"
            raise StaleBase(
                f"The decision is about version {base} of {key}, which {stands} now. Bring it up to date.",
                extra={"segment": key, "base_version": base, "live_version": live.number if live else None},
            )


def _draw_lines(
    plan: Plan, old: dict[str, SegmentVersion | None], made: dict[str, SegmentVersion], request_ref: str
) -> None:
    """One line from each old segment to each new one; whole where it is proved that nobody can be left out."""
    if not plan.lines:
        return
    stand = standpoint_in_force()
    for line in plan.lines:
        before, after = old[line.old], made[line.new]
        if before is not None:
            whole = _is_whole(line, stand)
            draw_line(plan.operation, request_ref, now(), old=before, new=after, is_whole=whole)


def _is_whole(line: Mapped, stand: Standpoint) -> bool:
    known = {line.old, line.new} <= stand.ground.active.keys()
    return known and stand.implies(line.old, line.new).is_proved
