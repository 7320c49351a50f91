"""Addresses of the playbooks' pages and regions."""

from django.urls import path

from playbooks.web import views

app_name = "playbooks"

urlpatterns = [
    path("playbooks/", views.playbook_list, name="list"),
    path("playbooks/region/segment/<str:key>/", views.segment_region, name="segment-region"),
    path("playbooks/region/customer/<str:external_id>/", views.customer_region, name="customer-region"),
    path("playbooks/<str:key>/", views.playbook, name="playbook"),
    path("playbooks/<str:key>/versions/<int:number>/", views.version, name="version"),
    path("playbooks/<str:key>/read/", views.confirm, name="confirm"),
    path("playbooks/<str:key>/fits/", views.fits, name="fits"),
]
