"""Addresses of the pages of safeguards."""

from django.urls import URLPattern

app_name = "safeguards"

urlpatterns: list[URLPattern] = []
