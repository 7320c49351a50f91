"""Addresses of the ledger's pages."""

from django.urls import path

from ledger.web import views

app_name = "ledger"

urlpatterns = [
    path("ledger/", views.ledger, name="ledger"),
    path("ledger/threads/<uuid:correlation>/", views.thread, name="thread"),
    path("ledger/hand-offs/", views.hand_offs, name="dead-letters"),
    path("ledger/hand-offs/<int:handoff_id>/retry/", views.retry, name="retry-handoff"),
]
