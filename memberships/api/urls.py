"""Addresses of memberships' API."""

from django.urls import path

from memberships.api import comparing, views, whatif

urlpatterns = [
    path("rules/compare/", comparing.CompareView.as_view(), name="api-rule-compare"),
    path("rules/preview/", views.PreviewView.as_view(), name="api-rule-preview"),
    path("rules/what-if/", whatif.WhatIfView.as_view(), name="api-rule-what-if"),
    path("segments/<str:key>/members/", views.MembersView.as_view(), name="api-segment-members"),
    path("segments/<str:key>/changes/", views.ChangesView.as_view(), name="api-segment-changes"),
    path("segments/<str:key>/runs/", views.SegmentRunsView.as_view(), name="api-segment-runs"),
    path("customers/<str:external_id>/segments/", views.CustomerSegmentsView.as_view(), name="api-customer-segments"),
    path("customers/<str:external_id>/explanation/", views.ExplanationView.as_view(), name="api-customer-explanation"),
    path("runs/", views.RunListView.as_view(), name="api-runs"),
    path("runs/<int:run_id>/", views.RunView.as_view(), name="api-run"),
    path("runs/<int:run_id>/cancel/", views.RunCancelView.as_view(), name="api-run-cancel"),
    path("runs/<int:run_id>/retry/", views.RunRetryView.as_view(), name="api-run-retry"),
]
