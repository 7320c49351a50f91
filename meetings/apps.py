"""The app meetings."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    """Boards at work: meetings, agendas, attendance, minutes, the calendar."""

    name = "meetings"
