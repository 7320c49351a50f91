"""Reading quick wins: changes that were flagged so, and what was measured before and after them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aims import policies
from aims.models import Actual, WinResult
from aims.selectors.actuals import measured_key, standing_actuals
from common.errors import NotFound
from common.providers import providers
from memberships.selectors import size_of, sizes_at
from taxonomy.selectors import live_version


@dataclass(frozen=True)
class FlaggedWin:
    """A change that its author flagged as a quick win: which request, about which segment, in effect since when."""

    request_ref: str
    title: str
    url: str
    segment_key: str
    author: str
    state: str
    applied_at: datetime | None


@dataclass(frozen=True)
class Win:
    """A flagged change with its published result, if any."""

    flagged: FlaggedWin
    result: WinResult | None


def wins_for(*, viewer: Any) -> list[Win]:
    """All flagged changes with their newest results: those without a published one first."""
    policies.aims.require(viewer, "view")
    found = _flagged(viewer)
    rows = WinResult.objects.filter(request_ref__in=[each.request_ref for each in found]).select_related("published_by")
    newest: dict[str, WinResult] = {}
    for row in rows.order_by("published_at", "pk"):
        newest[row.request_ref] = row
    wins = [Win(each, newest.get(each.request_ref)) for each in found]
    return sorted(wins, key=lambda win: win.result is not None)


def flagged_win(*, viewer: Any, request_ref: str) -> FlaggedWin:
    """The change of that request; raises NotFound when it is none or was not flagged."""
    found = next((each for each in _flagged(viewer) if each.request_ref == request_ref), None)
    if found is None:
        raise NotFound("There is no such change that was flagged as a quick win.")
    return found


def measured_before_and_after(win: FlaggedWin) -> list[dict[str, Any]]:
    """Size and objective of the segment before the change took effect and as of now; what is not known is left out."""
    if win.applied_at is None:
        return []
    measures: list[dict[str, Any]] = []
    now_is = size_of(win.segment_key)
    if now_is.size is not None:
        before = sizes_at(win.applied_at, [win.segment_key]).get(win.segment_key)
        basis = f"before: at {win.applied_at:%d %B %Y %H:%M} UTC; after: {now_is.run_name}"
        measures.append(_measure("Members", "customers", before, now_is.size, basis))
    version = live_version(win.segment_key)
    if version is not None and version.objective is not None:
        measures += _objective_moved(version.objective, win.segment_key, win.applied_at)
    return measures


def _objective_moved(objective: Any, segment_key: str, at: datetime) -> list[dict[str, Any]]:
    own = measured_key(objective, segment_key)
    rows = standing_actuals().filter(objective=objective)
    actuals: Sequence[Actual] = list(rows.filter(segment__key=own) if own else rows.filter(segment__isnull=True))
    before = [row for row in actuals if row.on <= at.date()]
    after = [row for row in actuals if row.on > at.date()]
    if not after:
        return []
    start = float(before[-1].value) if before else None
    if start is None and objective.baseline is not None:
        start = float(objective.baseline)
    basis = f"before: {before[-1].basis if before else 'the baseline'} After: {after[-1].basis}"
    return [_measure(objective.metric, objective.unit, start, float(after[-1].value), basis)]


def _measure(name: str, unit: str, before: float | None, after: float, basis: str) -> dict[str, Any]:
    return {"name": name, "unit": unit, "before": before, "after": after, "basis": basis}


def _flagged(viewer: Any) -> list[FlaggedWin]:
    return [each for ask in providers("QUICK_WINS") for each in ask(viewer)]
