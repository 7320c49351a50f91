"""Small pieces that every page uses: htmx, paging, redirects."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse

from common.errors import DomainError


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks (and not for a boosted page)."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def paginate(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], per_page: int = 50) -> Page[Any]:
    """The page that `?page=` names; the nearest one for odd values."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def htmx_redirect(url: str) -> HttpResponse:
    """Tells htmx to load `url` as a page."""
    response = HttpResponse(status=204)
    response["HX-Redirect"] = url
    return response


def add_errors(form: BaseForm, error: DomainError) -> None:
    """Put the refusal beside the fields that its pointers name, else on top of the form."""
    for item in error.errors:
        parts = (item.get("pointer") or "").strip("/").split("/")
        field = next((part for part in parts if part in form.fields), None)
        form.add_error(field, item["detail"])
