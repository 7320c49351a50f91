"""Publishes what changes of customers do to segments, some hundreds of milliseconds after they happened."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter

import structlog
from django.db import transaction
from pyroaring import BitMap

from common.actors import SYSTEM
from common.clock import now
from customers.selectors import changed_count, changed_profiles
from customers.services.locks import settled_watermark
from ledger.services import announce
from memberships import compiler
from memberships.choices import RunKind, RunState, Trigger
from memberships.engines.rows_engine import evaluate_rows
from memberships.events import MembershipsMoved
from memberships.models import Current, Run
from memberships.selectors.questions import Asked, asked
from memberships.services.batches import write_batch
from memberships.services.locks import take_publication_lock
from memberships.services.micro_writing import Batch, write
from memberships.services.pointers import Pointer, pointers
from memberships.services.runs import request_run
from memberships.states import OPEN
from safeguards.choices import Scope
from safeguards.services import heed

log = structlog.get_logger(__name__)

# More changed customers than that cost less in a full run.
MOST_CHANGED = 20_000
# A full run that has failed is not asked for again at once: somebody has to look.
_REST = timedelta(minutes=10)


@dataclass(frozen=True)
class Published:
    """What one micro-batch did: how many customers it read, in how many segments somebody moved."""

    run_id: int
    customers: int
    segments: int
    watermark: int


@dataclass(frozen=True)
class Group:
    """Segments that stand at the same day; `after` is the oldest of their watermarks."""

    rows: tuple[Pointer, ...]
    after: int
    as_of: datetime


def publish_changes() -> Published | None:
    """Publish what the customers' changes since the last publication do to the segments; None when nothing waited.

    Afterwards the members of every segment that could be computed are those that its rule finds among all customers up
    to the newest settled change, at the day at which they stood; a frozen one stays, one whose rule fails says so and
    stays, and so do those that were never computed or whose rule has changed: a run is on its way to them. All in one
    transaction: killed at any point nothing has happened. Where the day has turned, nothing is published yet, or very
    many customers changed, a full run is requested.
    Refuses: `Unavailable` when writers of customers hold the gate for too long. Announces: memberships.moved when
    somebody moved, memberships.run.requested.
    """
    watermark = settled_watermark()
    with transaction.atomic():
        take_publication_lock()
        frozen = heed(Scope.SEGMENT)
        standing = asked()
        known = pointers()
        movable = _movable(standing, known, frozen)
        if standing.rules and not known and not Current.objects.exists():
            _request_full("Nothing is published yet", Trigger.PROFILES)
        if any(each.as_of.date() < now().date() for each in movable):
            _request_full("The day has turned", Trigger.SCHEDULE)
        group = _furthest_back(movable, watermark)
        if group is None:
            return None
        if changed_count(after=group.after) > MOST_CHANGED:
            _request_full("Very many customers changed", Trigger.PROFILES)
            return None
        batch = _evaluated(standing, group, watermark, frozen)
        # Rules and rows are read by statements of their own: an enactment between them would mix two questions.
        if batch is None or asked() != standing:
            return None
        return _publish(batch)


def _movable(standing: Asked, known: Sequence[Pointer], frozen: Set[str]) -> list[Pointer]:
    """The segments that a micro-batch may move: published by the rules in force, which did not fail, and not frozen."""
    readable = {rule.segment_id: rule.key for rule in standing.rules if not rule.fault and rule.key not in frozen}
    return [
        each
        for each in known
        if each.segment_id in readable
        and each.rule_digest == standing.questions[readable[each.segment_id]]
        and not each.rule_failed
    ]


def _furthest_back(movable: Sequence[Pointer], watermark: int) -> Group | None:
    """Of those that lack changes up to the watermark, the ones of the oldest day."""
    days = [each.as_of.date() for each in movable if each.watermark < watermark]
    if not days:
        return None
    day = min(days)
    mine = tuple(each for each in movable if each.as_of.date() == day)
    return Group(mine, min(each.watermark for each in mine), _instant_of(day, mine))


def _instant_of(day: date, rows: Sequence[Pointer]) -> datetime:
    """Now, while it is the day of the members; else its last moment. Windows and CURRENT_DATE know days alone."""
    moment = now()
    latest = max(each.as_of for each in rows)
    if moment.date() == day:
        return max(moment, latest)
    return datetime.combine(day, time.max, UTC)


def _evaluated(standing: Asked, group: Group, watermark: int, frozen: Set[str]) -> Batch | None:
    began = perf_counter()
    profiles = changed_profiles(after=group.after, through=watermark, as_of=group.as_of)
    read = perf_counter()
    rules = standing.readable
    by_segment = {rule.segment_id: rule for rule in rules.values()}
    wanted = [by_segment[row.segment_id].key for row in group.rows]
    trees = compiler.closure({key: rule.rule for key, rule in rules.items()}, wanted)
    evaluation = evaluate_rows(profiles.frame, list(trees.items()), group.as_of)
    if not profiles.frame.height:
        return None
    return Batch(
        after=group.after,
        watermark=watermark,
        as_of=group.as_of,
        rows=group.rows,
        rules={row.segment_id: by_segment[row.segment_id] for row in group.rows},
        grounds={key: rules[key] for key in rules},
        questions=standing.questions,
        evaluation=evaluation,
        faults={rule.segment_id: rule.fault for rule in standing.rules if rule.fault and rule.key not in frozen},
        touched=BitMap(profiles.frame["ordinal"].to_list()),
        causes={cause: BitMap(ordinals) for cause, ordinals in profiles.causes.items()},
        arrived=profiles.arrived,
        file=write_batch(profiles.frame),
        seconds={"read": read - began, "evaluate": perf_counter() - read},
    )


def _publish(batch: Batch) -> Published:
    run, changes = write(batch)
    if changes:
        fact = MembershipsMoved(
            run_id=run.pk,
            customers=len(batch.touched),
            segments=len(changes),
            moved=sum(each["entered"] + each["left"] for each in changes),
            changes=changes,
        )
        announce(fact, actor=SYSTEM)
    log.info("micro.published", run=run.pk, customers=len(batch.touched), segments=len(changes))
    return Published(run.pk, len(batch.touched), len(changes), batch.watermark)


def _request_full(reason: str, trigger: Trigger) -> None:
    """Ask for a full run, unless one is on its way or the last one failed a moment ago."""
    full = Run.objects.filter(kind=RunKind.FULL)
    if full.filter(state__in=OPEN).exists():
        return
    if full.filter(state=RunState.FAILED, ended_at__gt=now() - _REST).exists():
        return
    request_run(actor=SYSTEM, trigger=trigger, reason=reason)
