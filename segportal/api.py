"""Addresses of the API, version 1."""

from importlib.util import find_spec

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from segportal.web import api_docs

APPS = ("customers", "taxonomy", "memberships", "playbooks", "training", "reviews", "insights", "ledger", "accounts")

urlpatterns = [
    *[path("", include(f"{app}.api.urls")) for app in APPS if find_spec(app) and find_spec(f"{app}.api") and find_spec(f"{app}.api.urls")],
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", api_docs.docs, name="api-docs"),
    path("docs/script.js", api_docs.script, name="api-docs-script"),
]
