"""What applies where: segments against channels, and against the stages of a journey; as pages and as CSV."""

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render

from aims import policies, selectors
from aims.selectors import Matrix
from common.exports import csv_rows
from taxonomy.selectors import tree_for


def channels(request: HttpRequest) -> HttpResponseBase:
    """Segment against channel."""
    policies.aims.require(request.user, "view")
    branch = request.GET.get("branch", "").replace("\x00", "")
    matrix = selectors.by_channel(viewer=request.user, branch=branch)
    return _answer(request, matrix, "channels", branch)


def stages(request: HttpRequest) -> HttpResponseBase:
    """Segment against the stages of one journey; of the first one unless the address names another."""
    policies.aims.require(request.user, "view")
    branch = request.GET.get("branch", "").replace("\x00", "")
    journeys = list(selectors.journeys_for(viewer=request.user))
    first = journeys[0].journey.key if journeys else ""
    key = request.GET.get("journey", first).replace("\x00", "")
    matrix = selectors.by_stage(viewer=request.user, journey_key=key, branch=branch)
    return _answer(request, matrix, "stages", branch, journeys=journeys, journey_key=key)


def _answer(request: HttpRequest, matrix: Matrix, of: str, branch: str, **more: object) -> HttpResponseBase:
    if request.GET.get("format") == "csv":
        return _csv(matrix, of)
    roots = [row for row in tree_for(request.user) if row.tier != "persona"]
    context = {"matrix": matrix, "rows": matrix.shaped(), "of": of, "branch": branch, "branches": roots, **more}
    return render(request, "aims/matrix.html", context)


def _csv(matrix: Matrix, of: str) -> StreamingHttpResponse:
    rows = (
        [row.key, row.name, *("; ".join(f"{item.kind}: {item.title}" for item in items) for _, items in cells)]
        for row, cells in matrix.shaped()
    )
    header = ["segment", "name", *(label for _, label in matrix.columns)]
    answer = StreamingHttpResponse(csv_rows(header, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="segments-by-{of}.csv"'
    return answer
