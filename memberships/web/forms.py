"""What the pages ask: an instant and a customer on the page of members, what to recompute."""

from datetime import UTC, datetime
from typing import Any

from django import forms

from common.clock import now


class MembersForm(forms.Form):
    """Which members to show: those of an instant (UTC), from a customer on."""

    at = forms.DateTimeField(
        required=False,
        label="As of",
        help_text="UTC; empty for now",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"],
    )
    customer = forms.CharField(
        required=False, max_length=200, label="Customer", help_text="The list begins with this id"
    )

    def clean_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["at"]
        if at is None:
            return None
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        if at > now():
            raise forms.ValidationError("That instant has not come yet. Choose one in the past.")
        return at


class RunForm(forms.Form):
    """What to recompute: one segment and what is built on it, or everything."""

    segment = forms.CharField(required=False, max_length=63)

    @property
    def segment_keys(self) -> list[str]:
        found: dict[str, Any] = self.cleaned_data
        return [found["segment"]] if found.get("segment") else []
