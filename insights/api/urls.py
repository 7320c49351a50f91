"""Addresses of the insights' API."""

from django.urls import path

from insights.api.views import HealthView

urlpatterns = [path("insights/segments/", HealthView.as_view(), name="api-insights")]
