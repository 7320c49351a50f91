"""Pages of what did not fit in events: why, how often, and what to do about it."""

import json
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from common.actors import Actor
from common.web import paginate
from customers.models import EventProblem
from customers.policies import EventProblemPolicy, ImportPolicy, SourcePolicy
from customers.rows.columns import plain_name
from customers.rows.traits import trait_key
from customers.selectors import attribute_facts
from customers.selectors.problems import ProblemLine, problem_lines, problems_for
from customers.services import problems as deeds

policy = EventProblemPolicy()


@dataclass(frozen=True, slots=True)
class Row:
    """A problem with what can be done about it: define the attribute, or apply its events again."""

    line: ProblemLine
    example: str
    define_url: str
    fits_now: bool


@never_cache
def problems(request: HttpRequest) -> HttpResponse:
    """What did not fit, the latest first."""
    policy.require(request.user, "view")
    source, text, every = (request.GET.get(name, "")[:200] for name in ("source", "q", "every"))
    rows = problems_for(viewer=request.user, source=source, text=text, with_resolved=every == "1")
    page = paginate(request, rows, 50)
    context = {
        "page": page,
        "rows": _rows(request, list(page.object_list)),
        "narrowed": bool(source or text),
        "every": every == "1",
        "why_not": policy.reason(request.user, "settle"),
        "imports": ImportPolicy().can(request.user, "view"),
    }
    return render(request, "customers/event_problems.html", context)


def _rows(request: HttpRequest, found: list[EventProblem]) -> list[Row]:
    facts = attribute_facts()
    defines = SourcePolicy().can(request.user, "define")
    rows = []
    for line in problem_lines(viewer=request.user, problems=found):
        key = trait_key(line.problem.key, facts)
        unknown = line.problem.code == "unknown_attribute" and key is None
        fits_now = key is not None and facts[key].derivation is None
        rows.append(Row(line, _shown(line.example), _define_url(line.problem) if unknown and defines else "", fits_now))
    return rows


def _shown(example: Any) -> str:
    return example if isinstance(example, str) else "" if example is None else json.dumps(example, ensure_ascii=False)


def _define_url(problem: EventProblem) -> str:
    """The form of a new attribute, filled in from what is known of the trait."""
    example = problem.example
    kind = "boolean" if isinstance(example, bool) else "number" if isinstance(example, int | float) else "text"
    known = {
        "key": plain_name(problem.key)[:63],
        "label": problem.key[:120],
        "type": "set" if isinstance(example, list) else kind,
        "source": problem.source_key,
    }
    return f"{reverse('customers:attribute-new')}?{urlencode(known)}"


@require_POST
def set_aside(request: HttpRequest, problem_id: int) -> HttpResponse:
    """Set a problem aside until it happens again."""
    deeds.set_aside(actor=cast(Actor, request.user), problem_id=problem_id)
    messages.success(request, "Set aside. It comes back when it happens again.")
    return redirect("customers:event-problems")


@require_POST
def apply_again(request: HttpRequest, problem_id: int) -> HttpResponse:
    """Apply the events of a problem again, with the catalogue as it is now."""
    deeds.apply_again(actor=cast(Actor, request.user), problem_id=problem_id)
    messages.success(request, "The stored events give their values again. What still does not fit comes back here.")
    return redirect("customers:event-problems")
