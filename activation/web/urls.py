"""Addresses of the delivery's pages."""

from django.urls import path

from activation.web import notices

app_name = "activation"

urlpatterns = [
    path("notices/", notices.notices, name="notices"),
    path("notices/<int:announcement_id>/", notices.notice, name="notice"),
    path("notices/<int:announcement_id>/acknowledge/", notices.acknowledge, name="acknowledge"),
]
