"""Addresses of memberships' API."""

from django.urls import path

from memberships.api import analyses, comparing, crosswalk, exports, history, lists, shadows, views, whatif

urlpatterns = [
    path("rules/compare/", comparing.CompareView.as_view(), name="api-rule-compare"),
    path("rules/preview/", views.PreviewView.as_view(), name="api-rule-preview"),
    path("rules/what-if/", whatif.WhatIfView.as_view(), name="api-rule-what-if"),
    path("segments/<str:key>/members/", views.MembersView.as_view(), name="api-segment-members"),
    path("segments/<str:key>/changes/", views.ChangesView.as_view(), name="api-segment-changes"),
    path("segments/<str:key>/runs/", views.SegmentRunsView.as_view(), name="api-segment-runs"),
    path("segments/<str:key>/movement/", history.MovementView.as_view(), name="api-segment-movement"),
    path("customers/<str:external_id>/timeline/", history.TimelineView.as_view(), name="api-customer-timeline"),
    path("customers/<str:external_id>/segments/", views.CustomerSegmentsView.as_view(), name="api-customer-segments"),
    path("customers/<str:external_id>/explanation/", views.ExplanationView.as_view(), name="api-customer-explanation"),
    path("runs/", views.RunListView.as_view(), name="api-runs"),
    path("runs/<int:run_id>/", views.RunView.as_view(), name="api-run"),
    path("runs/<int:run_id>/cancel/", views.RunCancelView.as_view(), name="api-run-cancel"),
    path("runs/<int:run_id>/retry/", views.RunRetryView.as_view(), name="api-run-retry"),
    path("runs/<int:run_id>/repeat/", views.RunRepeatView.as_view(), name="api-run-repeat"),
    path("segments/<str:key>/retention/", analyses.RetentionView.as_view(), name="api-segment-retention"),
    path("transitions/", analyses.TransitionsView.as_view(), name="api-transitions"),
    path("transitions/customers/", analyses.MoversView.as_view(), name="api-transition-customers"),
    path("crosswalk/", crosswalk.CrosswalkView.as_view(), name="api-crosswalk"),
    path("overlaps/", analyses.OverlapsView.as_view(), name="api-overlaps"),
    path("shadows/", shadows.ShadowsView.as_view(), name="api-shadows"),
    path("shadows/<int:shadow_id>/", shadows.ShadowView.as_view(), name="api-shadow"),
    path("shadows/<int:shadow_id>/stop/", shadows.ShadowStopView.as_view(), name="api-shadow-stop"),
    path("shadows/<int:shadow_id>/record/", shadows.ShadowRecordView.as_view(), name="api-shadow-record"),
    path("lists/", lists.ListsView.as_view(), name="api-lists"),
    path("lists/count/", lists.CountView.as_view(), name="api-list-count"),
    path("lists/<int:list_id>/", lists.ListView.as_view(), name="api-list"),
    path("lists/<int:list_id>/members/", lists.ListMembersView.as_view(), name="api-list-members"),
    path("lists/<int:list_id>/anew/", lists.ListAnewView.as_view(), name="api-list-anew"),
    path("lists/<int:list_id>/restore/", lists.ListRestoreView.as_view(), name="api-list-restore"),
    path("lists/<int:list_id>/compare/<int:other_id>/", lists.ListCompareView.as_view(), name="api-list-compare"),
    path("exports/", exports.ExportsView.as_view(), name="api-exports"),
    path("exports/<int:export_id>/", exports.ExportView.as_view(), name="api-export"),
    path("exports/<int:export_id>/cancel/", exports.ExportCancelView.as_view(), name="api-export-cancel"),
    path("exports/<int:export_id>/retry/", exports.ExportRetryView.as_view(), name="api-export-retry"),
    path("exports/<int:export_id>/file/", exports.ExportFileView.as_view(), name="api-export-file"),
]
