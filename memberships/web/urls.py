"""Addresses of memberships' pages and regions."""

from django.urls import path

from memberships.web import members, regions, runs

app_name = "memberships"

urlpatterns = [
    path("segments/<str:key>/members/", members.members, name="members"),
    path("segments/<str:key>/members/export/", members.export, name="members-export"),
    path("runs/", runs.runs, name="runs"),
    path("runs/request/", runs.request_run, name="run-request"),
    path("runs/<int:run_id>/", runs.run, name="run"),
    path("runs/<int:run_id>/progress/", runs.progress, name="run-progress"),
    path("runs/<int:run_id>/cancel/", runs.cancel, name="run-cancel"),
    path("runs/<int:run_id>/retry/", runs.retry, name="run-retry"),
    path("memberships/size/<str:key>/", regions.segment_size, name="segment-size"),
    path("memberships/sizes/", regions.tree_sizes, name="tree-sizes"),
    path("memberships/customer/<str:external_id>/", regions.customer_segments, name="customer-segments"),
    path("customers/<str:external_id>/why/<str:key>/", regions.explanation, name="explanation"),
]
