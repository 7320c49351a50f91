"""Addresses of the API of notifications."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
