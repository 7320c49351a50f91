"""Addresses of the pages of notifications."""

from django.urls import path

from notifications.web import rooms, views

app_name = "notifications"

urlpatterns = [
    path("notifications/", views.notifications, name="list"),
    path("notifications/read-all/", views.read_all, name="read-all"),
    path("notifications/read-all/undo/", views.undo_read_all, name="read-all-undo"),
    path("notifications/preferences/", views.preferences, name="preferences"),
    path("notifications/rooms/", rooms.rooms, name="rooms"),
    path("notifications/rooms/<int:room_id>/close/", rooms.close, name="room-close"),
    path("notifications/rooms/<int:room_id>/try/", rooms.trial, name="room-try"),
    path("notifications/posts/<int:post_id>/retry/", rooms.retry_of_post, name="post-retry"),
    path("notifications/<int:notification_id>/", views.follow, name="notification"),
    path("notifications/<int:notification_id>/read/", views.read, name="read"),
    path("notifications/<int:notification_id>/unread/", views.unread, name="unread"),
    path("notifications/<int:notification_id>/mail/retry/", rooms.retry_of_mail, name="mail-retry"),
]
