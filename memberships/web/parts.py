"""Parts that several pages of memberships share."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from memberships.choices import Phase, RunState
from memberships.models import Run
from memberships.policies import RunPolicy
from memberships.selectors import remaining
from memberships.states import OPEN
from taxonomy.selectors import lineage, newest_version, segment_for

_STAGES = {
    "build": "Reading the customers",
    "read": "Reading the changed customers",
    "compile": "Compiling the rules",
    "evaluate": "Evaluating the rules",
    "bitmaps": "Collecting the members",
    "compare": "Comparing",
    "publish": "Comparing and publishing",
}


def segment_page(viewer: Any, key: str, here: str = "Members") -> dict[str, Any]:
    """The segment with its newest version and its place in the taxonomy."""
    segment = segment_for(viewer=viewer, key=key)
    version = newest_version(segment)
    above = [*lineage(segment), version]
    crumbs = [
        {"label": each.name, "href": reverse("taxonomy:segment", args=[each.segment.key])} for each in above if each
    ]
    return {
        "segment": segment,
        "version": version,
        "breadcrumb": [
            {"label": "Taxonomy", "href": reverse("taxonomy:tree")},
            *crumbs,
            {"label": here},
        ],
    }


def progress_of(run: Run) -> dict[str, Any]:
    """The run's progress as the component shows it; it asks again only while the run is open."""
    left = remaining(run)
    waiting = run.state == RunState.QUEUED
    in_shards = run.state == RunState.RUNNING and "asked" in run.manifest and run.phase == Phase.EVALUATING
    return {
        "id": f"progress-{run.pk}",
        "run": run,
        "label": "Waiting for a worker" if waiting else run.get_phase_display() + (", in shards" if in_shards else ""),
        "done": left.done,
        "total": left.total,
        "rate": left.rate,
        "remaining": left.seconds,
        "poll_url": reverse("memberships:run-progress", args=[run.pk]) if run.state in OPEN else "",
    }


_FIRST = ("different", "failed", "superseded", "newer", "published", "retired")


def lines_of(run: Run) -> list[dict[str, Any]]:
    """The segments of the manifest: trouble first, then what changed, then what stayed as it was."""
    lines: list[dict[str, Any]] = run.manifest.get("segments", [])
    order = {state: place for place, state in enumerate(_FIRST)}
    return sorted(lines, key=lambda line: (order.get(line["state"], len(order)), line["name"].casefold()))


def stages_of(run: Run) -> list[dict[str, Any]]:
    """Where the time of a finished run went, in milliseconds, each stage with where it lies in the whole."""
    seconds: dict[str, float] = run.manifest.get("seconds", {})
    stages = [(label, seconds[stage]) for stage, label in _STAGES.items() if stage in seconds]
    whole = max(seconds.get("total", 0.0), sum(spent for _, spent in stages))
    found, start = [], 0.0
    for number, (label, spent) in enumerate(stages, start=1):
        place = {"start": f"{100 * start / whole:.2f}", "share": f"{100 * spent / whole:.2f}"} if whole else {}
        found.append({"label": label, "number": number, "milliseconds": round(spent * 1000), **place})
        start += spent
    return found


def run_rights(viewer: Any, run: Run | None = None, keys: Sequence[str] = ()) -> dict[str, str | None]:
    """Why the viewer may not request, cancel or retry the run, or one of these segments; None where they may."""
    keys = run.segment_keys if run else keys
    policy = RunPolicy()
    actions = ("request", "cancel", "retry", "repeat")
    return {f"why_no_{action}": policy.reason(viewer, action, keys) for action in actions}
