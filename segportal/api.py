"""Addresses of the API, version 1."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from segportal.web import api_docs

APPS = (
    "customers",
    "taxonomy",
    "memberships",
    "aims",
    "playbooks",
    "training",
    "reviews",
    "activation",
    "insights",
    "meetings",
    "stewardship",
    "safeguards",
    "notifications",
    "ledger",
)

urlpatterns = [
    *[path("", include(f"{app}.api.urls")) for app in APPS],
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", api_docs.docs, name="api-docs"),
    path("docs/script.js", api_docs.script, name="api-docs-script"),
]
