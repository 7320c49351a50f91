"""Tests the claims of segments after a run, on customers kept back."""

from django.db import transaction

from common.clock import now
from common.errors import DomainError
from customers.selectors import scan_build
from memberships.choices import RunState
from memberships.models import Current, HoldOut, Run
from memberships.selectors.holdouts import judged_on, measure_for
from memberships.selectors.reading import Position, members_at
from taxonomy.selectors import active_rules


@transaction.atomic
def validate_run(run_id: int) -> int:
    """Afterwards each version that this run made or confirmed current has a verdict on the run's build.

    Answers how many were tested. A verdict that is there stays. Where the build's files are gone by now nothing is
    written: a later run has newer customers. Refuses: nothing. Announces: nothing.
    """
    run = Run.objects.select_related("build").filter(pk=run_id, state=RunState.SUCCEEDED).first()
    if run is None or run.build is None:
        return 0
    done = HoldOut.objects.filter(build=run.build).values("version_id")
    rows = Current.objects.filter(run=run, failure="").exclude(version_id__in=done).select_related("segment")
    rules = {row.segment_id: row.rule for row in active_rules()}
    try:
        frame = scan_build(run.build.pk)
    except DomainError:
        return 0
    members = members_at(Position(row.segment_id, row.snapshot_id, row.through) for row in rows if row.snapshot_id)
    verdicts = []
    for row in rows:
        if row.segment_id not in members or row.version_id is None or row.segment_id not in rules or row.as_of is None:
            continue
        measure = measure_for(rules[row.segment_id])
        found = judged_on(frame, members[row.segment_id], measure, row.segment.key)
        verdicts.append(
            HoldOut(
                version_id=row.version_id,
                build=run.build,
                run=run,
                as_of=row.as_of,
                verdict=found.verdict,
                measure=measure,
                figures=found.figures,
                computed_at=now(),
            )
        )
    HoldOut.objects.bulk_create(verdicts, ignore_conflicts=True)
    return len(verdicts)
