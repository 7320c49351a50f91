"""Forms of preferences and rooms."""

from typing import Any
from zoneinfo import available_timezones

from django import forms

from common.providers import providers
from notifications.choices import Kind, MailMode, Platform
from notifications.selectors import hours_of, preferences_of

_HOURS = [(str(hour), f"{hour:02d}:00") for hour in range(24)]
_PREFIX = "mode_"


def _zones() -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(available_timezones())]


def _boards() -> list[tuple[str, str]]:
    return [pair for provider in providers("BOARDS") for pair in provider()]


class PreferencesForm(forms.Form):
    """How each kind reaches the person, and their clock."""

    zone = forms.ChoiceField(label="Time zone", choices=_zones, help_text="The hours below are of this zone.")
    digest_hour = forms.ChoiceField(label="Daily digest at", choices=_HOURS)
    quiet_from = forms.ChoiceField(label="No mail from", choices=[("", "never"), *_HOURS], required=False)
    quiet_until = forms.ChoiceField(
        label="No mail until",
        choices=[("", "never"), *_HOURS],
        required=False,
        help_text="Emergencies are sent at any hour.",
    )

    def __init__(self, *args: Any, person: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        hours = hours_of(person)
        for name in ("zone", "digest_hour", "quiet_from", "quiet_until"):
            value = getattr(hours, name)
            self.fields[name].initial = "" if value is None else str(value)
        self.kinds = preferences_of(person)
        for each in self.kinds:
            self.fields[_PREFIX + each.kind] = forms.ChoiceField(
                label=each.label, choices=MailMode.choices, initial=each.mode
            )

    def kind_fields(self) -> list[Any]:
        """The fields of the kinds, in order."""
        return [self[_PREFIX + each.kind] for each in self.kinds]

    def clock_fields(self) -> list[Any]:
        """The fields of the clock."""
        return [self[name] for name in ("zone", "digest_hour", "quiet_from", "quiet_until")]

    def arguments(self) -> dict[str, Any]:
        """What the service takes."""
        found = self.cleaned_data
        return {
            "modes": {each.kind: found[_PREFIX + each.kind] for each in self.kinds},
            "zone": found["zone"],
            "digest_hour": int(found["digest_hour"]),
            "quiet_from": int(found["quiet_from"]) if found["quiet_from"] else None,
            "quiet_until": int(found["quiet_until"]) if found["quiet_until"] else None,
        }


class RoomForm(forms.Form):
    """A room of another program that follows a board."""

    board_key = forms.ChoiceField(label="Board", choices=_boards)
    name = forms.CharField(label="Room", max_length=120, help_text="As it is called over there, for example #segments.")
    platform = forms.ChoiceField(label="Program", choices=Platform.choices)
    address = forms.CharField(
        label="Address of the incoming webhook",
        max_length=500,
        help_text="Begins with https:// and is kept secret: nobody sees it again here.",
    )
    kinds = forms.MultipleChoiceField(
        label="Is told of", choices=Kind.choices, widget=forms.CheckboxSelectMultiple, help_text="At least one."
    )
