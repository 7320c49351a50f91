"""What the pages of the past ask: a period, and which moves of a customer."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms

from common.clock import now
from memberships.choices import Cause
from memberships.selectors import TimelineFilter

_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"]
USUAL_DAYS = 30


def _instant_field(label: str, help_text: str) -> forms.DateTimeField:
    return forms.DateTimeField(
        required=False,
        label=label,
        help_text=help_text,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=_FORMATS,
    )


def _checked(at: datetime | None) -> datetime | None:
    if at is None:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if at > now():
        raise forms.ValidationError("That instant has not come yet. Choose one in the past.")
    return at


class PeriodForm(forms.Form):
    """Two instants (UTC) to compare."""

    since = _instant_field("From", "UTC; empty for 30 days before the end")
    until = _instant_field("To", "UTC; empty for now")

    def clean_since(self) -> datetime | None:
        return _checked(self.cleaned_data["since"])

    def clean_until(self) -> datetime | None:
        return _checked(self.cleaned_data["until"])

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = self.cleaned_data
        if found.get("since") and found.get("until") and found["since"] >= found["until"]:
            self.add_error("until", "The period ends before it begins. Choose a later end.")
        return found

    @property
    def period(self) -> tuple[datetime, datetime]:
        """The two instants of a valid form."""
        until = self.cleaned_data["until"] or now()
        return self.cleaned_data["since"] or until - timedelta(days=USUAL_DAYS), until


class TimelineForm(forms.Form):
    """Which moves of a customer to tell."""

    segment = forms.ChoiceField(required=False, label="Segment")
    cause = forms.ChoiceField(required=False, label="Cause", choices=[("", "Any cause"), *Cause.choices])
    since = _instant_field("From", "UTC")
    until = _instant_field("To", "UTC")

    def __init__(self, *args: Any, segments: Iterable[Any], **given: Any) -> None:
        super().__init__(*args, **given)
        names = sorted((row.key, row.key) for row in segments)
        self.fields["segment"].choices = [("", "All segments"), *names]  # type: ignore[attr-defined]

    def clean_since(self) -> datetime | None:
        return _checked(self.cleaned_data["since"])

    def clean_until(self) -> datetime | None:
        return _checked(self.cleaned_data["until"])

    @property
    def wanted(self) -> TimelineFilter:
        """What a valid form asks for."""
        found = self.cleaned_data
        return TimelineFilter(found["segment"], found["cause"], found["since"], found["until"])
