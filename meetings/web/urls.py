"""Addresses of the pages of meetings and the calendar."""

from django.urls import path

from meetings.web import calendar, rooms, views

app_name = "meetings"

_ONE = "meetings/<int:meeting_id>/"

urlpatterns = [
    path("meetings/", views.meetings, name="list"),
    path("meetings/plan/", views.plan, name="plan"),
    path("meetings/series/", views.begin, name="series"),
    path("meetings/series/<int:series_id>/end/", views.end, name="series-end"),
    path(_ONE, rooms.meeting, name="meeting"),
    path(f"{_ONE}state/", rooms.state, name="state"),
    path(f"{_ONE}open/", rooms.begin, name="open"),
    path(f"{_ONE}close/", rooms.close, name="close"),
    path(f"{_ONE}cancel/", rooms.cancel, name="cancel"),
    path(f"{_ONE}draw/", rooms.draw, name="draw"),
    path(f"{_ONE}place/", rooms.place, name="place"),
    path(f"{_ONE}items/", rooms.add, name="item-add"),
    path(f"{_ONE}items/<int:item_id>/move/", rooms.move, name="item-move"),
    path(f"{_ONE}items/<int:item_id>/note/", rooms.note, name="item-note"),
    path(f"{_ONE}items/<int:item_id>/vote/", rooms.vote, name="item-vote"),
    path(f"{_ONE}consent/", rooms.consent, name="consent"),
    path(f"{_ONE}pack/", views.pack, name="pack"),
    path(f"{_ONE}minutes/", views.minutes, name="minutes"),
    path(f"{_ONE}meeting.ics", views.ics, name="meeting-ics"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/portal.ics", calendar.ics, name="calendar-ics"),
]
