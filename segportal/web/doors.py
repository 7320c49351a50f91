"""The page of the bypass matrix."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ledger.policies import EntryPolicy
from segportal.doors import BY_RIGHT, GUARDED, ways


def doors(request: HttpRequest) -> HttpResponse:
    """Every way to write and what it may change of what is governed, as the tests of this version found it."""
    EntryPolicy().require(request.user, "read_all")
    asked = request.GET.get("all") == "yes"
    found = ways()
    lines = [(way, [way.changes.get(thing) for thing in GUARDED]) for way in found if asked or way.changes]
    context = {
        "lines": lines,
        "things": list(GUARDED),
        "rights": BY_RIGHT,
        "count": len(found),
        "closed": sum(not way.changes for way in found),
        "asked": asked,
    }
    return render(request, "segportal/doors.html", context)
