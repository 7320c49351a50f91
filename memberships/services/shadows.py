"""Runs candidate rules beside the live ones: nothing is published, only counts are kept."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from django.db import transaction
from django.urls import reverse

from common.actors import SYSTEM, Actor
from common.clock import now
from common.errors import DomainError, Invalid
from common.texts import clean_text
from ledger.services import announce
from memberships import compiler
from memberships.errors import NotComputed, ShadowEnded, ShadowNotFound
from memberships.events import ShadowStarted, ShadowStopped
from memberships.models import Shadow, ShadowDay
from memberships.policies import ShadowPolicy
from memberships.selectors.builds import ReadableBuild, readable_build
from memberships.selectors.stakes import sources_of
from notifications.services import notify
from taxonomy.rules import Rule
from taxonomy.selectors import active_rules, live_content, parse_for

LONGEST_DAYS = 180
USUAL_DAYS = 30
_DONE = "Its time was over."


@transaction.atomic
def start_shadow(
    *,
    actor: Any,
    rule: str,
    name: str,
    segment_key: str = "",
    parent_key: str = "",
    days: int = USUAL_DAYS,
    request_number: int | None = None,
) -> Shadow:
    """Afterwards the rule is counted once a day, and after every full run, beside the rule in force of the segment (or
    alone, for one that may come), and was counted once now where there is customer data. No consumer reads it.

    Refuses: NotAllowed, Invalid (days, name), RuleInvalid, ContentInvalid. Announces: memberships.shadow.started.
    """
    live = live_content(segment_key) if segment_key else None
    if segment_key and live is None:
        raise Invalid(f"There is no live segment {segment_key}.", code="unknown_segment", pointer="/segment")
    parent = (live.content["parent"] if live else parent_key) or ""
    ShadowPolicy().require(actor, "start", segment_key or parent)
    if isinstance(days, bool) or not 1 <= days <= LONGEST_DAYS:
        raise Invalid(f"A shadow runs for 1 to {LONGEST_DAYS} days.", code="out_of_range", pointer="/days")
    parse_for(actor, rule, parent or None)
    at = now()
    shadow = Shadow.objects.create(
        segment_key=segment_key,
        parent_key=parent,
        name=clean_text(name, pointer="/name", max_length=120),
        rule=rule,
        request_number=request_number,
        owner_id=actor.pk,
        started_at=at,
        ends_on=at.astimezone(UTC).date() + timedelta(days=days),
    )
    _measure([shadow], at)
    announce(
        ShadowStarted(shadow_id=shadow.pk, segment_key=segment_key, ends_on=shadow.ends_on.isoformat()), actor=actor
    )
    return shadow


@transaction.atomic
def stop_shadow(*, actor: Any, shadow_id: int, reason: str = "") -> Shadow:
    """Afterwards the shadow is counted no more; its days stay.

    Refuses: ShadowNotFound, NotAllowed, ShadowEnded. Announces: memberships.shadow.stopped.
    """
    shadow = Shadow.objects.select_for_update().filter(pk=shadow_id).first()
    if shadow is None:
        raise ShadowNotFound(f"There is no shadow {shadow_id}.")
    ShadowPolicy().require(actor, "stop", shadow.segment_key or shadow.parent_key)
    if shadow.ended_at is not None:
        raise ShadowEnded("This shadow has ended already.")
    return _ended(shadow, actor, clean_text(reason, pointer="/reason", max_length=200, required=False) or "Stopped.")


def measure_shadows() -> int:
    """Afterwards each shadow that runs has its count of today, and those whose time is over have ended, their owners
    told; how many were counted.

    Refuses: nothing; a rule that cannot be counted has its day with the reason. Announces: memberships.shadow.stopped.
    """
    at = now()
    today = at.astimezone(UTC).date()
    with transaction.atomic():
        for shadow in Shadow.objects.select_for_update().filter(ended_at=None, ends_on__lt=today):
            _ended(shadow, SYSTEM, _DONE)
            notify(
                to=[shadow.owner_id],
                kind="review_due",
                title=f"The shadow “{shadow.name}” has ended",
                body="Look at how it differed from the rule in force, then promote it or let it go.",
                url=reverse("memberships:shadow", args=[shadow.pk]),
                about=shadow.segment_key,
                key=f"shadow-ended-{shadow.pk}",
            )
    running = list(Shadow.objects.filter(ended_at=None).order_by("pk"))
    _measure(running, at)
    return len(running)


def _ended(shadow: Shadow, actor: Actor, reason: str) -> Shadow:
    shadow.ended_at, shadow.end_reason = now(), reason
    shadow.save(update_fields=["ended_at", "end_reason"])
    days = shadow.days.count()
    announce(ShadowStopped(shadow_id=shadow.pk, segment_key=shadow.segment_key, days=days, reason=reason), actor=actor)
    return shadow


def _measure(shadows: Sequence[Shadow], at: datetime) -> None:
    """Count all of them in one pass over the newest build; a rule that fails does not stop the others."""
    if not shadows:
        return
    try:
        build = readable_build()
    except NotComputed as error:
        _keep(shadows, at, {}, reason=error.detail)
        return
    rules, faults = _rules(shadows)
    counted: dict[int, dict[str, Any]] = {}
    live = {row.key: row.rule for row in active_rules() if not row.fault}
    try:
        counted = _counted(build, shadows, rules, live, at)
    except (NotComputed, pl.exceptions.PolarsError):
        # One plan for all: find which one it is, so that the others keep their day.
        for shadow in shadows:
            try:
                counted |= _counted(build, [shadow], rules, live, at)
            except (NotComputed, pl.exceptions.PolarsError) as error:
                told = error.detail if isinstance(error, NotComputed) else compiler.plain_reason(error)
                faults[shadow.pk] = told
    _keep(shadows, at, counted, faults=faults, build_number=build.number)


def _rules(shadows: Sequence[Shadow]) -> tuple[dict[int, Rule], dict[int, str]]:
    """The effective rules by shadow, and why others have none today: the catalogue or a parent may have changed."""
    rules, faults = {}, {}
    for shadow in shadows:
        try:
            rules[shadow.pk] = parse_for(SYSTEM, shadow.rule, shadow.parent_key or None)
        except DomainError as refused:
            faults[shadow.pk] = refused.detail
    return rules, faults


def _counted(
    build: ReadableBuild, shadows: Sequence[Shadow], rules: dict[int, Rule], live: dict[str, Rule], at: datetime
) -> dict[int, dict[str, Any]]:
    asked = {f"?{shadow.pk}": rules[shadow.pk] for shadow in shadows if shadow.pk in rules}
    beside = {shadow.segment_key for shadow in shadows if shadow.segment_key in live}
    wanted = [*asked, *sorted(beside)]
    sources = sources_of(build.frame)
    kept = [sources.value.key] if sources.value else []
    needed = compiler.closure({**live, **asked}, wanted)
    planned = compiler.plan(build.frame, needed, as_of=at, wanted=wanted, kept=kept, holds=build.holds)
    if refused := [planned.refused[name] for name in asked if name in planned.refused]:
        raise NotComputed(refused[0])
    rows = planned.frame.collect()
    value = rows.get_column(compiler.kept_column(kept[0])) if kept else None
    found = {}
    for shadow in shadows:
        if shadow.pk not in rules:
            continue
        mine = rows.get_column(f"?{shadow.pk}")
        theirs = rows.get_column(shadow.segment_key) if shadow.segment_key in beside else None
        found[shadow.pk] = {
            "size": int(mine.sum()),
            "live": None if theirs is None else int(theirs.sum()),
            "both": None if theirs is None else int((mine & theirs).sum()),
            "value": _summed(value, mine),
            "live_value": None if theirs is None else _summed(value, theirs),
            "unit": sources.value.unit if sources.value else "",
        }
    return found


def _summed(value: pl.Series | None, mask: pl.Series) -> float | None:
    return None if value is None else round(float(value.filter(mask).fill_nan(None).sum() or 0.0), 2)


def _keep(
    shadows: Sequence[Shadow],
    at: datetime,
    counted: dict[int, dict[str, Any]],
    *,
    faults: dict[int, str] | None = None,
    build_number: int | None = None,
    reason: str = "",
) -> None:
    names = ("size", "live", "both", "value", "live_value", "unit")
    for shadow in shadows:
        told = (faults or {}).get(shadow.pk, reason)
        row = counted.get(shadow.pk, {})
        ShadowDay.objects.update_or_create(
            shadow=shadow,
            on=at.astimezone(UTC).date(),
            defaults={
                **{name: row.get(name, "" if name == "unit" else None) for name in names},
                "as_of": at,
                "build_number": build_number,
                "reason": told[:300],
            },
        )
