"""Addresses of the taxonomy's API."""

from django.urls import path

from taxonomy.api import families, glossary, objectives, versions, views
from taxonomy.api.sql import SegmentSqlView
from taxonomy.api.vocabulary import VocabularyView

urlpatterns = [
    path("glossary/terms/", glossary.TermListView.as_view(), name="api-terms"),
    path("glossary/terms/<str:key>/", glossary.TermView.as_view(), name="api-term"),
    path("glossary/terms/<str:key>/versions/", glossary.TermVersionsView.as_view(), name="api-term-versions"),
    path("glossary/metrics/", glossary.MetricListView.as_view(), name="api-metrics"),
    path("glossary/metrics/<str:key>/", glossary.MetricView.as_view(), name="api-metric"),
    path("glossary/metrics/<str:key>/versions/", glossary.MetricVersionsView.as_view(), name="api-metric-versions"),
    path(
        "glossary/<str:words>/<str:key>/versions/compare/",
        versions.WordsComparedView.as_view(),
        name="api-word-compare",
    ),
    path("glossary/guideline/", glossary.GuidelineView.as_view(), name="api-guideline"),
    path("glossary/equivalences/", glossary.EquivalenceListView.as_view(), name="api-equivalences"),
    path("glossary/mapping/", glossary.MappingView.as_view(), name="api-mapping"),
    path("glossary/conflicts/", glossary.ConflictListView.as_view(), name="api-conflicts"),
    path("rules/check/", views.RuleCheckView.as_view(), name="api-rule-check"),
    path("rules/vocabulary/", VocabularyView.as_view(), name="api-rule-vocabulary"),
    path("segments/", views.SegmentListView.as_view(), name="api-segments"),
    path("segments/<str:key>/", views.SegmentView.as_view(), name="api-segment"),
    path("segments/<str:key>/sql/", SegmentSqlView.as_view(), name="api-segment-sql"),
    path("segments/<str:key>/versions/", views.VersionListView.as_view(), name="api-segment-versions"),
    path(
        "segments/<str:key>/versions/compare/",
        versions.SegmentVersionsComparedView.as_view(),
        name="api-segment-versions-compare",
    ),
    path("segments/<str:key>/versions/<int:number>/", views.VersionView.as_view(), name="api-segment-version"),
    path("segments/<str:key>/family/", families.FamilyView.as_view(), name="api-segment-family"),
    path("taxonomy/duplicates/", families.DuplicatesView.as_view(), name="api-duplicates"),
    path("taxonomy/", views.TreeView.as_view(), name="api-taxonomy"),
    path("objectives/", objectives.ObjectiveListView.as_view(), name="api-objectives"),
    path("objectives/<str:key>/", objectives.ObjectiveView.as_view(), name="api-objective"),
    path("objectives/<str:key>/sign/", objectives.SignatureView.as_view(), name="api-objective-sign"),
    path("objectives/<str:key>/withdraw/", objectives.WithdrawalView.as_view(), name="api-objective-withdraw"),
]
