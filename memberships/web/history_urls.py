"""Addresses of the pages of the past."""

from django.urls import path

from memberships.web import history

patterns = [
    path("segments/<str:key>/history/", history.history, name="history"),
    path("memberships/stability/<str:key>/", history.stability, name="stability"),
    path("customers/<str:external_id>/timeline/", history.timeline, name="customer-timeline"),
]
