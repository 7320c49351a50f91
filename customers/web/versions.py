"""The versions of an attribute, and what changed between two of them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.web.pairs import VersionPair
from customers.selectors import attribute_for
from customers.selectors.versions import attribute_differences, attribute_versions


def versions(request: HttpRequest, key: str) -> HttpResponse:
    """All versions, newest first, and the difference of the two that the address names."""
    attribute = attribute_for(viewer=request.user, key=key)
    found = {each.number: each for each in attribute_versions(attribute)}
    form = VersionPair(request.GET or None, numbers=list(found))
    old, new = (found[number] for number in form.chosen())
    context = {
        "attribute": attribute,
        "versions": list(found.values()),
        "form": form,
        "old": old,
        "new": new,
        "differences": attribute_differences(old, new),
    }
    return render(request, "customers/attribute_versions.html", context, status=422 if form.errors else 200)
