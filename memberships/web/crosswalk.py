"""The crosswalk page: sizes of one day in the taxonomy of that day and in today's."""

import csv
import io

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from memberships.selectors.restated import Restated, day_of, restated_for


def crosswalk(request: HttpRequest) -> HttpResponse:
    """Both views of the chosen day, with what nothing continues; as files: how many of each old
    segment are in which new one (`?format=csv`), and every line from an old key to a new one (`?format=keys`)."""
    on = day_of(request.GET.get("on", ""))
    found = restated_for(viewer=request.user, on=on)
    written = {"csv": csv_of, "keys": keys_of}.get(request.GET.get("format", ""))
    if written is not None:
        name = f"crosswalk-{'keys-' if written is keys_of else ''}{on.date().isoformat()}.csv"
        response = HttpResponse(written(found), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
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


def keys_of(found: Restated) -> str:
    """Every line of the correspondence since the day: old key and version, new key and version, and by what request."""
    held = io.StringIO()
    sheet = csv.writer(held)
    sheet.writerow(["at", "operation", "request", "old_key", "old_version", "new_key", "new_version", "part"])
    for line in found.lines:
        part = "none" if not line.new else "whole" if line.is_whole else "in part"
        old, new = (line.old, line.old_version or ""), (line.new, line.new_version or "")
        sheet.writerow([line.at.isoformat(), line.operation, line.request_ref, *old, *new, part])
    return held.getvalue()


def _safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
