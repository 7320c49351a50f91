"""The history of a segment: its versions, one of them, the difference between two."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from taxonomy import selectors
from taxonomy.errors import SqlUnavailable
from taxonomy.models import SegmentVersion
from taxonomy.sql import DIALECTS
from taxonomy.web.forms import CompareForm
from taxonomy.web.parts import crumbs_to


def versions(request: HttpRequest, key: str) -> HttpResponse:
    """All versions, newest first: the reason, the rule in words, who and when."""
    segment = selectors.segment_for(viewer=request.user, key=key)
    found = list(selectors.segment_versions(key))
    context = {
        "segment": segment,
        "versions": found,
        "newest": found[0],
        "form": _comparison([each.number for each in found]),
        "breadcrumb": crumbs_to(found[0], {"label": "Versions"}),
    }
    return render(request, "taxonomy/versions.html", context)


def version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One version, as it stood, for reading and printing."""
    segment = selectors.segment_for(viewer=request.user, key=key)
    found, catalogue = selectors.version(key, number), selectors.rule_catalogue()
    context = {
        "segment": segment,
        "version": found,
        "words": selectors.word_tree_of(found, catalogue),
        "thresholds": selectors.threshold_lines(found.thresholds, selectors.attribute_units(catalogue)),
        "breadcrumb": crumbs_to(found, {"label": f"Version {number}"}),
        **_as_sql(found, request.GET.get("sql")),
    }
    return render(request, "taxonomy/version.html", context)


def compare(request: HttpRequest, key: str) -> HttpResponse:
    """What changed between two versions, in words; the two newest unless the address names others."""
    segment = selectors.segment_for(viewer=request.user, key=key)
    found = {each.number: each for each in selectors.segment_versions(key)}
    form = _comparison(list(found), request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else form.initial
    old, new = found[wanted["old"]], found[wanted["new"]]
    context = {
        "segment": segment,
        "form": form,
        "breadcrumb": crumbs_to(new, {"label": "Compare versions"}),
        **_differences(old, new),
    }
    return render(request, "taxonomy/compare.html", context, status=422 if form.errors else 200)


def _as_sql(version: SegmentVersion, asked: str | None) -> dict[str, Any]:
    """The rule in the dialect that the address names, open where it names one; or why that dialect cannot say it."""
    dialect = selectors.known_dialect(asked)
    choices = [{"key": key, "title": title, "is_chosen": key == dialect} for key, title in DIALECTS.items()]
    context: dict[str, Any] = {"dialects": choices, "sql_open": asked is not None}
    try:
        return {**context, "sql": selectors.sql_of_version(version, dialect)}
    except SqlUnavailable as refused:
        return {**context, "sql_refused": refused.detail}


def _differences(old: SegmentVersion, new: SegmentVersion) -> dict[str, Any]:
    """The two versions, what differs field by field, and how many fields do."""
    found = selectors.differences_between(old, new)
    return {"old": old, "new": new, "differences": found, "changed_count": sum(each.is_changed for each in found)}


def _comparison(numbers: list[int], data: object = None) -> CompareForm:
    """A form over the versions, newest first, that proposes the two newest."""
    proposed = {"old": numbers[min(1, len(numbers) - 1)], "new": numbers[0]}
    return CompareForm(data, numbers=numbers, initial=proposed)
