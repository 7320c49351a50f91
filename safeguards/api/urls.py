"""Addresses of the API of safeguards."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
