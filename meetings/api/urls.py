"""Addresses of the API of meetings."""

from django.urls import path

from meetings.api import room, views

_ONE = "meetings/<int:meeting_id>/"
_ITEM = f"{_ONE}items/<int:item_id>/"

urlpatterns = [
    path("meetings/", views.MeetingsView.as_view(), name="api-meetings"),
    path(_ONE, views.MeetingView.as_view(), name="api-meeting"),
    path(f"{_ONE}minutes/", views.MinutesView.as_view(), name="api-meeting-minutes"),
    path(f"{_ONE}open/", room.OpenView.as_view(), name="api-meeting-open"),
    path(f"{_ONE}close/", room.CloseView.as_view(), name="api-meeting-close"),
    path(f"{_ONE}cancel/", room.CancelView.as_view(), name="api-meeting-cancel"),
    path(f"{_ONE}draw/", room.DrawView.as_view(), name="api-meeting-draw"),
    path(f"{_ONE}attendance/", room.AttendanceView.as_view(), name="api-meeting-attendance"),
    path(f"{_ONE}consent/", room.ConsentView.as_view(), name="api-meeting-consent"),
    path(f"{_ONE}items/", room.ItemsView.as_view(), name="api-meeting-items"),
    path(f"{_ITEM}move/", room.ItemMoveView.as_view(), name="api-meeting-item-move"),
    path(f"{_ITEM}notes/", room.ItemNotesView.as_view(), name="api-meeting-item-notes"),
    path(f"{_ITEM}votes/", room.ItemVotesView.as_view(), name="api-meeting-item-votes"),
    path("meeting-series/", views.SeriesListView.as_view(), name="api-meeting-series"),
    path("meeting-series/<int:series_id>/end/", views.SeriesEndView.as_view(), name="api-meeting-series-end"),
]
