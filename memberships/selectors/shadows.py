"""Candidates that run beside the live rules, as their owners, boards and readers look at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from common.clock import now
from common.digests import digest_of
from common.errors import DomainError
from customers.selectors import visible_attribute_keys
from memberships.errors import ShadowNotFound
from memberships.measures.suppression import K, hidden_cells, is_small
from memberships.models import Shadow, ShadowDay
from memberships.policies import MembershipPolicy, ShadowPolicy
from taxonomy.rules import attributes_used, parse, to_words
from taxonomy.selectors import rule_catalogue

HIDDEN = "It reads attributes that you may not see."


@dataclass(frozen=True)
class ShownDay:
    """One day for one viewer: counts are numbers, or words where a small one could point at persons."""

    day: ShadowDay
    size: int | str | None
    live: int | str | None
    both: int | str | None
    only_shadow: int | str | None
    only_live: int | str | None
    value: float | None
    live_value: float | None


@dataclass(frozen=True)
class ShownShadow:
    """One shadow with its days, newest first, for one viewer. `points` draw the share of all in either that only one of
    the two rules selects; `why_not_stop` is None where the viewer may stop it."""

    shadow: Shadow
    words: str
    days: list[ShownDay]
    points: list[dict[str, Any]]
    age_days: int
    why_not_stop: str | None


def shadows_running() -> list[Shadow]:
    """Every shadow, those that run first, with its owner."""
    rows = Shadow.objects.select_related("owner").order_by("-ended_at", "-id")
    return sorted(rows[:500], key=lambda row: (row.ended_at is not None, -row.pk))


def shadows_of(segment_key: str) -> list[Shadow]:
    """The shadows of one segment, those that run first."""
    rows = Shadow.objects.filter(segment_key=segment_key).select_related("owner")
    return sorted(rows, key=lambda row: (row.ended_at is not None, -row.pk))


def shadows_for(*, segment_key: str = "", state: str = "") -> QuerySet[Shadow]:
    """Every shadow, newest first; of one segment, or only those that run or have ended, where that is asked for."""
    rows = Shadow.objects.select_related("owner").order_by("-pk")
    rows = rows.filter(segment_key=segment_key.replace("\x00", "")) if segment_key else rows
    return rows.filter(ended_at__isnull=state == "running") if state else rows


def shadow_by_id(shadow_id: int) -> Shadow:
    """The shadow; raises ShadowNotFound."""
    found = Shadow.objects.select_related("owner").filter(pk=shadow_id).first()
    if found is None:
        raise ShadowNotFound(f"There is no shadow {shadow_id}.")
    return found


def shown_shadow(viewer: Any, shadow: Shadow) -> ShownShadow:
    """The shadow for the viewer's eyes."""
    exact = MembershipPolicy().can(viewer, "view_members")
    days = list(shadow.days.order_by("on"))
    ended = shadow.ended_at or now()
    return ShownShadow(
        shadow=shadow,
        words=_words(viewer, shadow.rule),
        days=[_shown(day, exact=exact) for day in reversed(days)],
        points=_points(days if exact else [day for day in days if not _has_few(day)]),
        age_days=(ended - shadow.started_at).days,
        why_not_stop=ShadowPolicy().reason(viewer, "stop", shadow.segment_key or shadow.parent_key),
    )


def shadow_record(shadow_id: int) -> dict[str, Any]:
    """What ran, since when, and what was counted on each day: as a request that promotes it carries and signs it."""
    shadow = shadow_by_id(shadow_id)
    rows = [
        {
            "on": day.on.isoformat(),
            "build": day.build_number,
            "size": day.size,
            "live": day.live,
            "both": day.both,
            "only_shadow": day.only_shadow,
            "only_live": day.only_live,
            "value": day.value,
            "live_value": day.live_value,
            "reason": day.reason,
        }
        for day in shadow.days.order_by("on")
    ]
    return {
        "shadow": shadow.pk,
        "name": shadow.name,
        "segment": shadow.segment_key,
        "rule": shadow.rule,
        "since": shadow.started_at.isoformat(),
        "days": rows,
        "digest": digest_of(rows),
    }


def divergence(day: ShadowDay) -> float | None:
    """The share of those in either who are in one only; None where either is not known or nobody is in."""
    if day.size is None or day.live is None or day.both is None:
        return None
    either = day.size + day.live - day.both
    return round(1 - day.both / either, 4) if either else None


def _points(days: Sequence[ShadowDay]) -> list[dict[str, Any]]:
    found = [(day, divergence(day)) for day in days]
    return [{"at": day.as_of, "value": round(100 * share, 1), "note": ""} for day, share in found if share is not None]


def _shown(day: ShadowDay, *, exact: bool) -> ShownDay:
    parts = [day.both, day.only_shadow, day.only_live]
    known = [each for each in parts if each is not None]
    hidden = frozenset() if exact or len(known) < len(parts) else hidden_cells(known)
    told = [
        f"fewer than {K}" if is_small(each or 0) and not exact else "not shown" if place in hidden else each
        for place, each in enumerate(parts)
    ]
    is_open = exact or not hidden
    return ShownDay(
        day=day,
        # A size beside hidden parts would give them away, but for that of the rule in force, which is public.
        size=_few(day.size, exact) if is_open else "not shown",
        live=_few(day.live, exact),
        both=told[0],
        only_shadow=told[1],
        only_live=told[2],
        value=day.value if is_open else None,
        live_value=day.live_value if is_open else None,
    )


def _few(count: int | None, exact: bool) -> int | str | None:
    return f"fewer than {K}" if not exact and count is not None and is_small(count) else count


def _has_few(day: ShadowDay) -> bool:
    return any(is_small(each or 0) for each in (day.both, day.only_shadow, day.only_live))


def _words(viewer: Any, text: str) -> str:
    catalogue = rule_catalogue()
    try:
        rule = parse(text, catalogue)
    except (DomainError, ValueError):
        return text
    if not visible_attribute_keys(viewer).issuperset(attributes_used(rule)):
        return HIDDEN
    return to_words(rule, catalogue)
