"""Addresses of the OpenFeature Remote Evaluation Protocol."""

from django.urls import path

from activation.api import views

urlpatterns = [
    path("ofrep/v1/evaluate/flags", views.BulkView.as_view(), name="ofrep-bulk"),
    path("ofrep/v1/evaluate/flags/<str:key>", views.FlagView.as_view(), name="ofrep-flag"),
]
