"""Addresses of the playbooks' API."""

from django.urls import path

from playbooks.api import views

urlpatterns = [
    path("playbooks/", views.PlaybookList.as_view(), name="api-playbooks"),
    path("playbooks/<str:key>/", views.PlaybookDetail.as_view(), name="api-playbook"),
    path("playbooks/<str:key>/read/", views.PlaybookRead.as_view(), name="api-playbook-read"),
    path("customers/<str:external_id>/plays/", views.CustomerPlays.as_view(), name="api-customer-plays"),
]
