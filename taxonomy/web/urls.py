"""Addresses of the taxonomy's pages."""

from django.urls import path

from taxonomy.web import families, glossary, objectives, segments, versions

app_name = "taxonomy"

urlpatterns = [
    path("glossary/", glossary.terms, name="glossary"),
    path("glossary/metrics/", glossary.metrics, name="metrics"),
    path("glossary/guideline/", glossary.guideline_in_force, name="guideline-in-force"),
    path("glossary/terms/<str:key>/", glossary.term, name="term"),
    path("glossary/metrics/<str:key>/", glossary.metric, name="metric"),
    path("glossary/guidelines/<str:key>/", glossary.guideline_page, name="guideline"),
    path("glossary/terms/<str:key>/versions/", glossary.versions, {"kind": "term"}, name="term-versions"),
    path("glossary/metrics/<str:key>/versions/", glossary.versions, {"kind": "metric"}, name="metric-versions"),
    path("glossary/guidelines/<str:key>/versions/", glossary.versions, {"kind": "guideline"}, name="guideline-versions"),
    path("taxonomy/", segments.tree, name="tree"),
    path("taxonomy/families/", families.families, name="families"),
    path("taxonomy/families/<str:key>/", families.family, name="family"),
    path("taxonomy/families/<str:key>/line/", families.family_line, name="family-line"),
    path("taxonomy/duplicates/", families.duplicates, name="duplicates"),
    path("taxonomy/proofs/request/", families.prove, name="prove"),
    path("taxonomy/proofs/progress/", families.progress, name="proof-progress"),
    path("segments/<str:key>/", segments.segment, name="segment"),
    path("segments/<str:key>/versions/", versions.versions, name="versions"),
    path("segments/<str:key>/versions/compare/", versions.compare, name="compare"),
    path("segments/<str:key>/versions/<int:number>/", versions.version, name="version"),
    path("objectives/", objectives.objectives, name="objectives"),
    # No key begins with a plus sign.
    path("objectives/+new/", objectives.define, name="objective-new"),
    path("objectives/<str:key>/", objectives.objective, name="objective"),
    path("objectives/<str:key>/edit/", objectives.edit, name="objective-edit"),
    path("objectives/<str:key>/sign/", objectives.sign, name="objective-sign"),
    path("objectives/<str:key>/withdraw/", objectives.withdraw, name="objective-withdraw"),
]
