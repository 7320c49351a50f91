"""What the fields of the sources mean: the coverage, one source, and the form that maps its fields."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from common.errors import DomainError, NotAllowed, NotFound
from common.exports import csv_rows
from customers.selectors import source_for
from ledger.selectors import entries_for
from taxonomy import policies
from taxonomy.selectors.mapping import FieldRow, SourceMapping, coverage_of, mappable_words, mappings_for
from taxonomy.services.mapping import NO_WORD, map_fields

_COLUMNS = ("source", "field", "label", "attribute", "state", "term", "definition", "mapped by", "mapped at")
_PREFIX = "field:"


def mapping(request: HttpRequest) -> HttpResponse:
    """Every source with how much of it is said, the largest gaps first."""
    policies.definitions.require(request.user, "view")
    found = mappings_for(viewer=request.user)
    context = {"sources": found, "coverage": coverage_of(found), "tab": "mapping"}
    return render(request, "taxonomy/glossary/mapping.html", context)


def source(request: HttpRequest, key: str) -> HttpResponse:
    """The fields of one source, open ones first."""
    return _source_page(request, key)


@require_POST
def map_source(request: HttpRequest, key: str) -> HttpResponse:
    """Map the fields that the form names; `all=suggestions` takes every suggestion for a field that is open."""
    found = _mapping_of(request, key)
    if request.POST.get("all") == "suggestions":
        wanted = {row.field.name: row.suggestion.key for row in found.rows if row.suggestion}
    else:
        wanted = {
            name.removeprefix(_PREFIX): str(value) for name, value in request.POST.items() if _is_said(name, value)
        }
    try:
        changed = map_fields(actor=request.user, source_key=key, fields=wanted)
    except (NotAllowed, NotFound):
        raise
    except DomainError as refused:
        return _source_page(request, key, refused)
    messages.success(request, f"{changed} field{'' if changed == 1 else 's'} mapped.")
    return redirect("taxonomy:mapping-source", key)


def mapping_csv(request: HttpRequest) -> StreamingHttpResponse:
    """All fields of all sources as a table."""
    policies.definitions.require(request.user, "view")
    rows = (_line(each) for found in mappings_for(viewer=request.user) for each in found.rows)
    answer = StreamingHttpResponse(csv_rows(_COLUMNS, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="field-mapping.csv"'
    return answer


def _source_page(request: HttpRequest, key: str, refused: DomainError | None = None) -> HttpResponse:
    found, words = _mapping_of(request, key), mappable_words()
    context = {
        "found": found,
        "source": source_for(viewer=request.user, key=key),
        "words": words,
        "no_word": NO_WORD,
        "prefix": _PREFIX,
        "why_not": policies.definitions.reason(request.user, "map"),
        "history": _changes(request, key),
        "word_names": {NO_WORD: "needs no word", **{word.key: word.name for word in words}},
        "refused": refused,
        "tab": "mapping",
    }
    return render(request, "taxonomy/glossary/mapping_source.html", context, status=422 if refused else 200)


def _changes(request: HttpRequest, key: str) -> QuerySet[Any]:
    """Where one word took the place of another; who mapped a field first stands beside it."""
    told = entries_for(viewer=request.user, object_type="field").filter(payload__source_key=key)
    return told.exclude(payload__previous_key="")[:20]


def _mapping_of(request: HttpRequest, key: str) -> SourceMapping:
    policies.definitions.require(request.user, "view")
    found = next((each for each in mappings_for(viewer=request.user) if each.key == key), None)
    if found is None:
        raise NotFound(f"There is no source “{key[:63]}”.")
    return found


def _is_said(name: str, value: Any) -> bool:
    return name.startswith(_PREFIX) and bool(value)


def _line(row: FieldRow) -> list[Any]:
    state = "open" if row.mapping is None else "needs no word" if row.mapping.is_not_needed else "mapped"
    by, at = (row.mapping.mapped_by.get_username(), row.mapping.mapped_at.isoformat()) if row.mapping else ("", "")
    term, said = (row.word.key, row.word.definition) if row.word else ("", "")
    field = row.field
    return [field.source_key, field.name, field.label, field.attribute_key, state, term, said, by, at]
