"""Families and duplicates: what is proved about the taxonomy in force."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from common.actors import Actor
from common.web import paginate
from customers.policies import CustomerPolicy
from taxonomy import policies
from taxonomy.choices import SweepState
from taxonomy.models import ProofSweep
from taxonomy.selectors.duplicates import duplicates_for
from taxonomy.selectors.families import Family, Pair, families_around, families_for, family_for, newest_sweep
from taxonomy.services.sweeps import request_proofs
from taxonomy.web.parts import crumbs_to

MATRIX_UP_TO = 12
PAIRS_PER_PAGE = 30
STATES = {
    "refuted": "Refuted",
    "undecided": "Undecided or not proved yet",
    "proved": "Proved",
    "nothing": "Nothing demanded",
}


@require_GET
def families(request: HttpRequest) -> HttpResponse:
    """All families with what they demand and what came of it, narrowed to one state by the address."""
    found = families_for(request.user)
    chosen = request.GET.get("state", "")
    shown = [family for family in found if chosen not in STATES or _filed(family) == chosen]
    context = {
        "page": paginate(request, shown),
        "chosen": chosen if chosen in STATES else "",
        "states": [(key, label, sum(_filed(family) == key for family in found)) for key, label in STATES.items()],
        "total": len(found),
        "breadcrumb": _crumbs("Families"),
        **_rounds(request.user),
    }
    return render(request, "taxonomy/families.html", context)


@require_GET
def family(request: HttpRequest, key: str) -> HttpResponse:
    """One family: what it demands, each pair of children, what covers it."""
    found = family_for(viewer=request.user, key=key)
    if found is None:
        return redirect("taxonomy:segment", key)
    return render(request, "taxonomy/family.html", {**_family_context(request, found), **_rounds(request.user)})


def _family_context(request: HttpRequest, found: Family) -> dict[str, Any]:
    return {
        "family": found,
        "version": found.parent,
        "segment": found.parent.segment,
        "matrix": _matrix(found) if 1 < len(found.children) <= MATRIX_UP_TO else None,
        "page": paginate(request, sorted(found.pairs, key=_first_what_matters), PAIRS_PER_PAGE),
        "pairs_are_calm": not found.demands_exclusive,
        "covering_is_calm": not found.demands_covering,
        "may_list": CustomerPolicy().can(request.user, "view"),
        "breadcrumb": crumbs_to(found.parent, {"label": "Family"}),
    }


@require_GET
def family_line(request: HttpRequest, key: str) -> HttpResponse:
    """What the page of a segment says about the families it stands in, and about its own rule."""
    own, above = families_around(viewer=request.user, key=key)
    context = {
        "own": own if own and (own.children or any(own.parent.axioms.values())) else None,
        "above": above,
        "findings": own.findings.get(key) if own else None,
    }
    return render(request, "taxonomy/family_line.html", context)


@require_GET
def duplicates(request: HttpRequest) -> HttpResponse:
    """Segments that mean the same, or have nearly the same members."""
    found = duplicates_for(request.user)
    context = {
        "found": found,
        "equal": paginate(request, found.equal),
        "near": found.near[:100],
        "near_total": len(found.near),
        "breadcrumb": _crumbs("Duplicates"),
        **_rounds(request.user),
    }
    return render(request, "taxonomy/duplicates.html", context)


@require_POST
def prove(request: HttpRequest) -> HttpResponse:
    """Ask for another round of proofs."""
    sweep = request_proofs(actor=cast(Actor, request.user))
    messages.success(request, f"Round {sweep.pk if sweep else ''} of proofs is on its way.")
    key = request.POST.get("family", "").replace("\x00", "")
    return redirect("taxonomy:family", key) if key else redirect("taxonomy:families")


@require_GET
def progress(request: HttpRequest) -> HttpResponse:
    """How far the newest round is; the page is loaded anew when it has ended."""
    policies.proofs.require(request.user, "view")
    context = _rounds(request.user)
    response = render(request, "taxonomy/proof_progress.html", context)
    if not context["poll_url"]:
        response["HX-Refresh"] = "true"
    return response


def _rounds(viewer: Any) -> dict[str, Any]:
    """The newest round as the progress shows it, and why the viewer may not ask for another."""
    sweep: ProofSweep | None = newest_sweep()
    is_open = sweep is not None and sweep.state in (SweepState.QUEUED, SweepState.RUNNING)
    return {
        "sweep": sweep,
        "poll_url": reverse("taxonomy:proof-progress") if is_open else "",
        "why_not": policies.proofs.reason(viewer, "request"),
    }


def _crumbs(here: str) -> list[dict[str, str]]:
    return [{"label": "Taxonomy", "href": reverse("taxonomy:tree")}, {"label": here}]


def _filed(family: Family) -> str:
    """Under which word of the filter the family stands."""
    return family.state if family.state in STATES else "undecided"


def _first_what_matters(pair: Pair) -> tuple[int, str, str]:
    place = 0 if pair.outcome.is_refuted else 1 if pair.outcome.is_open else 2
    return place, pair.first.name.casefold(), pair.second.name.casefold()


def _matrix(family: Family) -> list[dict[str, Any]]:
    """One row per child but the last; a cell for each sibling after it, None where the pair stands in another row."""
    pairs = {pair.keys: pair for pair in family.pairs}
    keys = [child.segment.key for child in family.children]
    return [
        {
            "number": place + 1,
            "child": child,
            "cells": [
                {"number": other + 1, "pair": pairs.get((keys[place], keys[other])) if other > place else None}
                for other in range(1, len(keys))
            ],
        }
        for place, child in enumerate(family.children)
    ]
