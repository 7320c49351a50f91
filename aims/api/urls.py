"""Addresses of the API of aims."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
