"""Addresses of the data storey's API."""

from django.urls import path

from customers.api import catalogue, customers, imports, versions

urlpatterns = [
    path("attributes/", catalogue.AttributeListView.as_view(), name="api-attributes"),
    path("attributes/<str:key>/", catalogue.AttributeView.as_view(), name="api-attribute"),
    path("attributes/<str:key>/distribution/", catalogue.DistributionView.as_view(), name="api-attribute-distribution"),
    path("attributes/<str:key>/versions/", versions.AttributeVersionsView.as_view(), name="api-attribute-versions"),
    path(
        "attributes/<str:key>/versions/compare/",
        versions.AttributeVersionsComparedView.as_view(),
        name="api-attribute-versions-compare",
    ),
    path("sources/", catalogue.SourceListView.as_view(), name="api-sources"),
    path("sources/<str:key>/", catalogue.SourceView.as_view(), name="api-source"),
    path("customers/", customers.CustomerListView.as_view(), name="api-customers"),
    # Before the ids: a customer with the id "bulk" is reached by the bulk call and on the pages only.
    path("customers/bulk/", customers.BulkView.as_view(), name="api-customers-bulk"),
    path("customers/<str:external_id>/", customers.CustomerView.as_view(), name="api-customer"),
    path("customers/<str:external_id>/events/", customers.CustomerEventsView.as_view(), name="api-customer-events"),
    path("imports/", imports.ImportListView.as_view(), name="api-imports"),
    path("imports/<int:job_id>/", imports.ImportView.as_view(), name="api-import"),
    path("imports/<int:job_id>/start/", imports.ImportStartView.as_view(), name="api-import-start"),
    path("imports/<int:job_id>/cancel/", imports.ImportCancelView.as_view(), name="api-import-cancel"),
    path("imports/<int:job_id>/quarantine/", imports.QuarantineView.as_view(), name="api-import-quarantine"),
]
