"""Journeys: the list with the segments that serve no moment, and one of them with its versions."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from aims import policies, selectors
from aims.selectors.journeys import segment_names
from taxonomy.selectors import deciding_board


def journeys(request: HttpRequest) -> HttpResponse:
    """All journeys in use, and the segments that serve none of their moments."""
    policies.aims.require(request.user, "view")
    context = {
        "journeys": selectors.journeys_for(viewer=request.user),
        "orphans": selectors.orphans_for(viewer=request.user),
        "board": deciding_board("journey"),
    }
    return render(request, "aims/journeys.html", context)


def journey(request: HttpRequest, key: str) -> HttpResponse:
    """The stages of a journey in order with their moments of truth, and its versions."""
    version = selectors.journey_for(viewer=request.user, key=key)
    found = selectors.moments_of(version)
    stages = [
        {**stage, "moments": [each for each in found if each.stage == stage["key"]]}
        for stage in version.content["stages"]
    ]
    context = {
        "version": version,
        "journey": version.journey,
        "stages": stages,
        "names": segment_names(found),
        "versions": selectors.journey_versions(version.journey),
    }
    return render(request, "aims/journey.html", context)
