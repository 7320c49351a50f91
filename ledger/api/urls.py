"""Addresses of the ledger's API."""

from django.urls import path

from ledger.api.views import LedgerView

urlpatterns = [path("ledger/", LedgerView.as_view(), name="api-ledger")]
