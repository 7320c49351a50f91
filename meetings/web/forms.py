"""Forms of meetings and series."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms

from common.providers import providers
from meetings.choices import Cadence


def _boards() -> list[tuple[str, str]]:
    return [pair for provider in providers("BOARDS") for pair in provider()]


def _zones() -> list[tuple[str, str]]:
    return [(name, name) for name in ["UTC", *sorted(available_timezones() - {"UTC"})]]


class _When(forms.Form):
    board_key = forms.ChoiceField(label="Board", choices=_boards)
    on = forms.DateTimeField(
        label="Date and time",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="Of the zone below.",
    )
    zone = forms.ChoiceField(label="Time zone", choices=_zones, initial="UTC")
    minutes = forms.IntegerField(label="Minutes", min_value=5, max_value=600, initial=60)
    place = forms.CharField(
        label="Place", max_length=200, required=False, help_text="A room, or the address of a call."
    )

    def instant(self) -> datetime:
        """The instant meant, in UTC: what is typed is wall-clock time of the zone."""
        naive: datetime = self.cleaned_data["on"].replace(tzinfo=None)
        return naive.replace(tzinfo=ZoneInfo(self.cleaned_data["zone"])).astimezone(UTC)


class MeetingForm(_When):
    """One meeting."""

    title = forms.CharField(label="Title", max_length=120, initial="Board meeting")
    field_order = ("board_key", "title")

    def arguments(self) -> dict[str, Any]:
        """What the service takes."""
        given = {name: self.cleaned_data[name] for name in ("board_key", "title", "minutes", "place")}
        return {**given, "starts_at": self.instant()}


class SeriesForm(_When):
    """A habit of meeting."""

    name = forms.CharField(label="Name", max_length=120, initial="Board meeting")
    cadence = forms.ChoiceField(label="How often", choices=Cadence.choices)
    field_order = ("board_key", "name", "cadence")

    def arguments(self) -> dict[str, Any]:
        """What the service takes."""
        names = ("board_key", "name", "cadence", "zone", "minutes", "place")
        return {**{name: self.cleaned_data[name] for name in names}, "first_at": self.instant()}
