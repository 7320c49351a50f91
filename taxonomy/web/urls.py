"""Addresses of the taxonomy's pages."""

from django.urls import path

from taxonomy.web import objectives, segments, versions

app_name = "taxonomy"

urlpatterns = [
    path("taxonomy/", segments.tree, name="tree"),
    path("segments/<str:key>/", segments.segment, name="segment"),
    path("segments/<str:key>/versions/", versions.versions, name="versions"),
    path("segments/<str:key>/versions/compare/", versions.compare, name="compare"),
    path("segments/<str:key>/versions/<int:number>/", versions.version, name="version"),
    path("objectives/", objectives.objectives, name="objectives"),
    # No key begins with a plus sign.
    path("objectives/+new/", objectives.define, name="objective-new"),
    path("objectives/<str:key>/", objectives.objective, name="objective"),
    path("objectives/<str:key>/edit/", objectives.edit, name="objective-edit"),
]
