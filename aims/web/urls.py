"""Addresses of the pages of aims."""

from django.urls import path

from aims.web import efforts, journeys, matrices, objectives, priorities, releases, wins

app_name = "aims"

urlpatterns = [
    path("journeys/", journeys.journeys, name="journeys"),
    path("journeys/<str:key>/", journeys.journey, name="journey"),
    path("aims/channels/", matrices.channels, name="channels"),
    path("aims/stages/", matrices.stages, name="stages"),
    path("aims/priorities/", priorities.priorities, name="priorities"),
    path("aims/priorities/weights/", priorities.weights, name="weights"),
    path("aims/usage/", priorities.usage, name="usage"),
    path("aims/wins/", wins.wins, name="wins"),
    path("aims/wins/<str:request_ref>/publish/", wins.publish, name="win-publish"),
    path("aims/releases/", releases.releases, name="releases"),
    path("aims/releases/publish/", releases.publish, name="release-publish"),
    path("aims/releases/<int:number>/", releases.release, name="release"),
    path("aims/releases/<int:number>/read/", releases.read, name="release-read"),
    path("aims/efforts/<str:key>/", efforts.efforts, name="efforts"),
    path("aims/efforts/<str:key>/<int:effort_id>/withdraw/", efforts.withdraw, name="effort-withdraw"),
    path("aims/region/objective/<str:key>/", objectives.objective_region, name="objective-region"),
    path("aims/region/segment/<str:key>/", objectives.segment_region, name="segment-region"),
    path("aims/actuals/<str:key>/measure/", objectives.measure, name="actual-measure"),
    path("aims/actuals/<str:key>/enter/", objectives.enter, name="actual-enter"),
]
