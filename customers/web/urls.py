"""Addresses of the data storey's pages."""

from django.urls import path

from customers.web import catalogue, customers, event_problems, events, imports, sources, versions

app_name = "customers"

urlpatterns = [
    path("customers/", customers.customers, name="list"),
    path("customers/<str:external_id>/", customers.customer, name="customer"),
    path("customers/<str:external_id>/events/", customers.customer_events, name="customer-events"),
    path("customers/<str:external_id>/erase/", customers.erase, name="customer-erase"),
    path("attributes/", catalogue.attributes, name="attributes"),
    # A key begins with a small letter or digit, so that no attribute can take these words with a plus.
    path("attributes/+/new/", catalogue.define, name="attribute-new"),
    path("attributes/+/sample/", catalogue.sample, name="attribute-sample"),
    path("attributes/<str:key>/", catalogue.attribute, name="attribute"),
    path("attributes/<str:key>/versions/", versions.versions, name="attribute-versions"),
    path("attributes/<str:key>/edit/", catalogue.edit, name="attribute-edit"),
    path("sources/", sources.sources, name="sources"),
    path("sources/+/new/", sources.define, name="source-new"),
    path("sources/<str:key>/", sources.source, name="source"),
    path("sources/<str:key>/edit/", sources.edit, name="source-edit"),
    path("sources/<str:key>/keys/", sources.write_key_new, name="write-key-new"),
    path("sources/<str:key>/keys/<int:token_id>/revoke/", sources.write_key_revoke, name="write-key-revoke"),
    path("events/", events.events, name="events"),
    path("events/problems/", event_problems.problems, name="event-problems"),
    path("events/problems/<int:problem_id>/aside/", event_problems.set_aside, name="event-problem-aside"),
    path("events/problems/<int:problem_id>/again/", event_problems.apply_again, name="event-problem-again"),
    path("events/<int:stamp>/<int:event_id>/", events.event, name="event"),
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.upload, name="import-new"),
    path("imports/<int:job_id>/", imports.one, name="import"),
    path("imports/<int:job_id>/mapping/", imports.mapping, name="import-mapping"),
    path("imports/<int:job_id>/start/", imports.start, name="import-start"),
    path("imports/<int:job_id>/cancel/", imports.cancel, name="import-cancel"),
    path("imports/<int:job_id>/discard/", imports.discard, name="import-discard"),
    path("imports/<int:job_id>/progress/", imports.progress, name="import-progress"),
    path("imports/<int:job_id>/quarantine.csv", imports.quarantine, name="import-quarantine"),
]
