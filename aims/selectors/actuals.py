"""Reading actuals: how far an objective has come, for a segment or as a whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from aims.measures import Course, course, gap, pace, progress
from aims.models import Actual
from common.clock import now
from taxonomy.choices import MeasureKind
from taxonomy.selectors import headings, objective_for, versions_serving

PACE_WORDS = {
    "reached": "Target reached",
    "on_course": "On course",
    "behind": "Behind the time that has gone by",
    "missed": "Target missed",
    "unknown": "Not measured yet",
}
_TONES = {"reached": "good", "on_course": "good", "behind": "warn", "missed": "bad", "unknown": "quiet"}


@dataclass(frozen=True)
class Progress:
    """An objective against its target, measured for one segment (None: as a whole)."""

    objective: Any
    segment_key: str | None
    segment_name: str
    actuals: list[Actual]
    latest: Actual | None
    done: float | None
    pace: str
    course: Course | None

    @property
    def words(self) -> str:
        """Where it stands, in words."""
        return PACE_WORDS[self.pace]

    @property
    def tone(self) -> str:
        """How the state looks."""
        return _TONES[self.pace]

    @property
    def percent(self) -> int | None:
        """How much of the way is done, in whole percents."""
        return None if self.done is None else round(100 * self.done)

    @property
    def gap(self) -> float | None:
        """What is left of the way, 0 to 1."""
        return gap(self.done)


def standing_actuals() -> QuerySet[Actual]:
    """The actuals that count: those that no later one corrects; rising in time."""
    rows = Actual.objects.filter(corrected_by__isnull=True).select_related("recorded_by", "segment", "objective")
    return rows.order_by("on", "pk")


def measured_key(objective: Any, segment_key: str | None) -> str | None:
    """For which segment the objective's actual counts when a page of `segment_key` asks; None: as a whole."""
    measure = objective.measure
    if not measure:
        return None
    return str(measure["segment"]) if measure.get("segment") else segment_key


def progress_of(objective: Any, segment_key: str | None) -> Progress:
    """How far the objective has come for the segment; a metric that is entered by hand counts as a whole."""
    return progresses([(objective, segment_key)])[0]


def progresses(wanted: Iterable[tuple[Any, str | None]]) -> list[Progress]:
    """The same for several; two queries."""
    pairs = [(objective, measured_key(objective, key)) for objective, key in wanted]
    rows: dict[tuple[int, str | None], list[Actual]] = {}
    for row in standing_actuals().filter(objective__in={objective.pk for objective, _ in pairs}):
        rows.setdefault((row.objective_id, row.segment.key if row.segment else None), []).append(row)
    names = headings({key for _, key in pairs if key})
    return [
        _progress(objective, key, names[key].name if key in names else "", rows.get((objective.pk, key), []))
        for objective, key in pairs
    ]


def _progress(objective: Any, key: str | None, name: str, actuals: list[Actual]) -> Progress:
    latest = actuals[-1] if actuals else None
    baseline = None if objective.baseline is None else float(objective.baseline)
    target = float(objective.target)
    done = progress(baseline, target, float(latest.value) if latest else None)
    begun = min([objective.changed_at.date(), *(row.on for row in actuals)])
    drawn = None
    if actuals:
        points = [(row.on, float(row.value)) for row in actuals]
        drawn = course(points, baseline=baseline, target=target, begins=begun, ends=objective.target_on)
    state = pace(done, begun, objective.target_on, today())
    if done is None and latest is not None:
        # Without a baseline there is no way to measure along, but the target may be reached all the same.
        state = "unknown"
    return Progress(objective, key, name, actuals, latest, done, state, drawn)


def progress_lines_for(*, viewer: Any, key: str) -> list[Progress]:
    """The lines of an objective's page: one per segment that serves it, or one as a whole."""
    objective = objective_for(viewer=viewer, key=key)
    if not objective.measure or objective.measure.get("segment"):
        return [progress_of(objective, None)]
    serving = [version.segment.key for version in versions_serving(key)]
    return progresses((objective, each) for each in serving) if serving else []


def measure_words(measure: Any) -> str:
    """How the actual is found, in words."""
    if not measure:
        return "Entered by hand, with evidence, by the owner of the objective."
    words = MeasureKind(measure["kind"]).label
    attribute = f" “{measure['attribute']}”" if measure.get("attribute") else ""
    return f"Measured by each run: {words[0].lower()}{words[1:]}{attribute}."


def today() -> date:
    """The day (UTC) that the clock shows."""
    return now().date()
