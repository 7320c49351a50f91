"""Addresses of the ledger's pages."""

from django.urls import path

from ledger.web import proof, views

app_name = "ledger"

urlpatterns = [
    path("ledger/", views.ledger, name="ledger"),
    path("ledger/check/", proof.check, name="check"),
    path("ledger/heads/", proof.heads_page, name="heads"),
    path("ledger/heads/publish/", proof.publish, name="publish-head"),
    path("ledger/heads/<int:head_id>/head.json", proof.head_file, name="head-file"),
    path("ledger/heads/deliveries/<int:delivery_id>/retry/", proof.retry, name="retry-delivery"),
    path("ledger/readings/", views.readings, name="readings"),
    path("ledger/threads/<uuid:correlation>/", views.thread, name="thread"),
    path("ledger/hand-offs/", views.hand_offs, name="dead-letters"),
    path("ledger/hand-offs/<int:handoff_id>/retry/", views.retry, name="retry-handoff"),
]
