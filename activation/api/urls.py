"""Addresses of the delivery's API."""

from django.urls import path

from activation.api import notices

urlpatterns = [
    path("notices/", notices.NoticesView.as_view(), name="api-notices"),
    path(
        "notices/<int:announcement_id>/acknowledge/",
        notices.NoticeAcknowledgeView.as_view(),
        name="api-notice-acknowledge",
    ),
]
