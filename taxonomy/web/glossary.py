"""The glossary: all words, one of them, its versions and what they changed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from common.web.pairs import VersionPair
from taxonomy import policies
from taxonomy.choices import DefinitionType
from taxonomy.content import LABELS, NEEDS_REASON
from taxonomy.selectors.definition_pages import page_of, wording_between
from taxonomy.selectors.definitions import definition_for, definition_versions, guideline
from taxonomy.selectors.glossary_lists import shown_words
from taxonomy.web.glossary_forms import GlossaryFilter

_HOME = {
    DefinitionType.TERM: ("Glossary", "taxonomy:glossary"),
    DefinitionType.METRIC: ("Metrics", "taxonomy:metrics"),
    DefinitionType.GUIDELINE: ("Glossary", "taxonomy:glossary"),
}


def terms(request: HttpRequest) -> HttpResponse:
    """All terms from A to Z, narrowed by what the address asks."""
    return _list(request, DefinitionType.TERM, "taxonomy/glossary/terms.html")


def metrics(request: HttpRequest) -> HttpResponse:
    """All metrics, each with its one definition, unit, window and owner."""
    return _list(request, DefinitionType.METRIC, "taxonomy/glossary/metrics.html")


def guideline_in_force(request: HttpRequest) -> HttpResponse:
    """The ethics guideline, or that there is none yet."""
    policies.definitions.require(request.user, "view")
    found = guideline()
    if found is not None:
        return redirect("taxonomy:guideline", found.key)
    return render(request, "taxonomy/glossary/no_guideline.html", {"tab": "guideline"})


def term(request: HttpRequest, key: str) -> HttpResponse:
    """What a term means, how teams say it, and where it is used."""
    return _page(request, DefinitionType.TERM, key)


def metric(request: HttpRequest, key: str) -> HttpResponse:
    """What a metric counts, and how."""
    return _page(request, DefinitionType.METRIC, key)


def guideline_page(request: HttpRequest, key: str) -> HttpResponse:
    """The guideline with the questions that proposals answer."""
    return _page(request, DefinitionType.GUIDELINE, key)


def versions(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """All versions of a word, and what changed between two of them."""
    definition = definition_for(viewer=request.user, kind=kind, key=key)
    found = {each.number: each for each in definition_versions(definition)}
    form = VersionPair(request.GET or None, numbers=list(found))
    pair = form.chosen()
    context = {
        "definition": definition,
        "newest": next(iter(found.values())),
        "versions": list(found.values()),
        "form": form,
        "old": found[pair[0]],
        "new": found[pair[1]],
        "differences": wording_between(kind, found[pair[0]], found[pair[1]]),
        "breadcrumb": _crumbs(definition, next(iter(found.values())).name, "Versions"),
    }
    return render(request, "taxonomy/glossary/versions.html", context, status=422 if form.errors else 200)


def _list(request: HttpRequest, kind: str, template: str) -> HttpResponse:
    policies.definitions.require(request.user, "view")
    form = GlossaryFilter(request.GET)
    context = {"form": form, "tab": kind, **shown_words(kind, form.wanted())}
    return render(request, template, context)


def _page(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    page = page_of(viewer=request.user, kind=kind, key=key)
    context: dict[str, Any] = {
        "page": page,
        "definition": page.definition,
        "version": page.version,
        "content": page.version.content,
        "labels": LABELS[kind],
        "needs": NEEDS_REASON,
        "breadcrumb": _crumbs(page.definition, page.version.name),
    }
    return render(request, f"taxonomy/glossary/{kind}.html", context)


def _crumbs(definition: Any, name: str, last: str = "") -> list[dict[str, str]]:
    label, home = _HOME[definition.type]
    here = {"label": name}
    trail = [{"label": label, "href": reverse(home)}]
    if not last:
        return [*trail, here]
    return [*trail, {**here, "href": reverse(f"taxonomy:{definition.type}", args=[definition.key])}, {"label": last}]
