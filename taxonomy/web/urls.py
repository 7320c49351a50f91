"""Addresses of the taxonomy's pages."""

from django.urls import path

from taxonomy.web import equivalences, families, glossary, mapping, objectives, segments, versions, words

app_name = "taxonomy"

urlpatterns = [
    path("glossary/", glossary.terms, name="glossary"),
    path("glossary/metrics/", glossary.metrics, name="metrics"),
    path("glossary/guideline/", glossary.guideline_in_force, name="guideline-in-force"),
    path("glossary/equivalences/", equivalences.equivalences, name="equivalences"),
    path("glossary/equivalences/offer/", equivalences.offer, name="equivalence-offer"),
    path("glossary/equivalences/<int:equivalence_id>/", equivalences.equivalence, name="equivalence"),
    path("glossary/equivalences/<int:equivalence_id>/sign/", equivalences.sign, name="equivalence-sign"),
    path("glossary/equivalences/<int:equivalence_id>/rewrite/", equivalences.rewrite, name="equivalence-rewrite"),
    path("glossary/equivalences/<int:equivalence_id>/end/", equivalences.end, name="equivalence-end"),
    path("glossary/mapping/", mapping.mapping, name="mapping"),
    path("glossary/mapping/fields.csv", mapping.mapping_csv, name="mapping-csv"),
    path("glossary/mapping/<str:key>/", mapping.source, name="mapping-source"),
    path("glossary/mapping/<str:key>/map/", mapping.map_source, name="mapping-map"),
    path("glossary/words/", words.words_in_use, name="words"),
    path("glossary/conflicts/", words.conflicts, name="conflicts"),
    path("glossary/terms/<str:key>/", glossary.term, name="term"),
    path("glossary/metrics/<str:key>/", glossary.metric, name="metric"),
    path("glossary/guidelines/<str:key>/", glossary.guideline_page, name="guideline"),
    path("glossary/terms/<str:key>/versions/", glossary.versions, {"kind": "term"}, name="term-versions"),
    path("glossary/metrics/<str:key>/versions/", glossary.versions, {"kind": "metric"}, name="metric-versions"),
    path(
        "glossary/guidelines/<str:key>/versions/", glossary.versions, {"kind": "guideline"}, name="guideline-versions"
    ),
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
