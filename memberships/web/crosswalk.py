"""The crosswalk page: sizes of one day in the taxonomy of that day and in today's."""

import csv
import io

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from memberships.selectors.restated import Restated, day_of, restated_for


def crosswalk(request: HttpRequest) -> HttpResponse:
    """Both views of the chosen day, with what nothing continues; as a file with `?format=csv`."""
    on = day_of(request.GET.get("on", ""))
    found = restated_for(viewer=request.user, on=on)
    if request.GET.get("format") == "csv":
        response = HttpResponse(csv_of(found), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="crosswalk-{on.date().isoformat()}.csv"'
        return response
    return render(request, "memberships/crosswalk.html", {"found": found, "on": on.date()})


def csv_of(found: Restated) -> str:
    """One line for each old segment and each new one that some of its members are counted in."""
    held = io.StringIO()
    sheet = csv.writer(held)
    sheet.writerow(["old_segment", "old_name", "old_size", "new_segment", "count"])
    for row in found.olds:
        for flow in row.flows:
            sheet.writerow([row.key, _safe(row.name), row.size, flow.new, flow.count])
    return held.getvalue()


def _safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
