"""Reading what did not fit in events."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from customers.choices import Sensitivity
from customers.models import Attribute, EventProblem
from customers.policies import EventProblemPolicy, visible_sensitivities


@dataclass(frozen=True)
class ProblemLine:
    """One problem with its example as the viewer may see it; `is_masked` tells that there is one and it is hidden."""

    problem: EventProblem
    example: Any
    is_masked: bool


def problems_for(
    *, viewer: Any, source: str = "", text: str = "", with_resolved: bool = False
) -> QuerySet[EventProblem]:
    """The problems that the viewer may see, the latest first; open ones unless told otherwise."""
    rows = EventProblemPolicy().visible(viewer).order_by("-last_at", "-pk")
    source, text = source.replace("\x00", ""), text.replace("\x00", "")
    if source:
        rows = rows.filter(source_key=source)
    if text:
        rows = rows.filter(key__icontains=text)
    return rows if with_resolved else rows.filter(resolved_at=None)


def problem_lines(*, viewer: Any, problems: list[EventProblem]) -> list[ProblemLine]:
    """The problems with their examples. The example of a name that the catalogue lacks may be anything about a person:
    it is open to those who see personal values.
    """
    seen = visible_sensitivities(viewer)
    keys = {problem.key for problem in problems}
    open_keys = set(Attribute.objects.filter(key__in=keys, sensitivity__in=seen).values_list("key", flat=True))
    sees_people = Sensitivity.PERSONAL in seen
    lines = []
    for problem in problems:
        is_open = sees_people or problem.key in open_keys
        example = problem.example if is_open else None
        lines.append(ProblemLine(problem, example, not is_open and problem.example is not None))
    return lines
