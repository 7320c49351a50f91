"""Addresses of the API of notifications."""

from django.urls import path

from notifications.api import views

_ONE = "notifications/<int:notification_id>/"

urlpatterns = [
    path("notifications/", views.NotificationsView.as_view(), name="api-notifications"),
    path("notifications/unread/", views.UnreadView.as_view(), name="api-notifications-unread"),
    path("notifications/read-all/", views.ReadAllView.as_view(), name="api-notifications-read-all"),
    path("notifications/read-all/undo/", views.UndoReadAllView.as_view(), name="api-notifications-read-all-undo"),
    path("notifications/preferences/", views.PreferencesView.as_view(), name="api-notification-preferences"),
    path(f"{_ONE}read/", views.ReadView.as_view(), name="api-notification-read"),
    path(f"{_ONE}unread/", views.UnreadAgainView.as_view(), name="api-notification-unread"),
]
