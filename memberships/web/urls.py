"""Addresses of memberships' pages and regions."""

from django.urls import path

from memberships.web import analyses, exports, families, lists, meanings, members, regions, runs, shadows, whatif
from memberships.web.history_urls import patterns as history_patterns

app_name = "memberships"

urlpatterns = [
    *history_patterns,
    path("segments/<str:key>/members/", members.members, name="members"),
    path("segments/<str:key>/members/export/", members.export, name="members-export"),
    path("segments/<str:key>/thresholds/", whatif.thresholds, name="thresholds"),
    path("segments/<str:key>/shadow/", shadows.of_segment, name="segment-shadows"),
    path("segments/<str:key>/shadow/start/", shadows.start, name="shadow-start"),
    path("runs/shadow/", shadows.shadows, name="shadows"),
    path("runs/shadow/<int:shadow_id>/", shadows.shadow, name="shadow"),
    path("runs/shadow/<int:shadow_id>/stop/", shadows.stop, name="shadow-stop"),
    path("rules/try/", whatif.try_rule, name="try-rule"),
    path("segments/<str:key>/overlap/<str:other>/", families.overlap, name="overlap"),
    path("segments/<str:key>/outside-children/", families.outside_children, name="outside-children"),
    path("memberships/family/<str:key>/", families.family_parts, name="family-parts"),
    path("runs/", runs.runs, name="runs"),
    path("runs/request/", runs.request_run, name="run-request"),
    path("runs/<int:run_id>/", runs.run, name="run"),
    path("runs/<int:run_id>/progress/", runs.progress, name="run-progress"),
    path("runs/<int:run_id>/cancel/", runs.cancel, name="run-cancel"),
    path("runs/<int:run_id>/retry/", runs.retry, name="run-retry"),
    path("runs/<int:run_id>/repeat/", runs.repeat, name="run-repeat"),
    path("runs/<int:run_id>/manifest/", runs.manifest, name="run-manifest"),
    path("runs/<int:run_id>/values/", runs.values, name="run-values"),
    path("memberships/size/<str:key>/", regions.segment_size, name="segment-size"),
    path("memberships/meaning/<str:key>/<int:old>/<int:new>/", meanings.version_meaning, name="version-meaning"),
    path("memberships/hold-out/<str:key>/<int:number>/", regions.hold_out, name="hold-out"),
    path("memberships/sizes/", regions.tree_sizes, name="tree-sizes"),
    path("memberships/customer/<str:external_id>/", regions.customer_segments, name="customer-segments"),
    path("customers/<str:external_id>/why/<str:key>/", regions.explanation, name="explanation"),
    path("segments/<str:key>/retention/", analyses.retention, name="retention"),
    path("transitions/", analyses.transitions, name="transitions"),
    path("transitions/customers/", analyses.movers, name="transition-customers"),
    path("overlaps/", analyses.overlaps, name="overlaps"),
    path("lists/", lists.lists, name="lists"),
    path("lists/new/", lists.new, name="list-new"),
    path("lists/compose/", lists.compose, name="list-compose"),
    path("lists/<int:list_id>/", lists.one, name="list"),
    path("lists/<int:list_id>/anew/", lists.anew, name="list-anew"),
    path("lists/<int:list_id>/discard/", lists.discard, name="list-discard"),
    path("lists/<int:list_id>/restore/", lists.restore, name="list-restore"),
    path("exports/", exports.exports, name="exports"),
    path("exports/new/", exports.new, name="export-new"),
    path("exports/<int:export_id>/progress/", exports.progress, name="export-progress"),
    path("exports/<int:export_id>/cancel/", exports.cancel, name="export-cancel"),
    path("exports/<int:export_id>/retry/", exports.retry, name="export-retry"),
    path("exports/<int:export_id>/file/", exports.take, name="export-file"),
]
