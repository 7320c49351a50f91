"""What the pages ask: an instant and a customer on the page of members, what to recompute."""

from datetime import UTC, datetime
from typing import Any

from django import forms

from common.clock import now
from memberships.choices import RunKind, RunState
from memberships.selectors.run_lists import PARTIAL, RunFilter


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


class RunsForm(forms.Form):
    """Which runs to list."""

    kind = forms.ChoiceField(required=False, label="Kind", choices=[("", "All kinds"), *RunKind.choices])
    state = forms.ChoiceField(
        required=False,
        label="State",
        choices=[("", "All states"), *RunState.choices, (PARTIAL, "Succeeded in part")],
    )
    segment = forms.CharField(required=False, label="Segment", max_length=63, help_text="its key")
    hour = forms.DateTimeField(required=False, widget=forms.HiddenInput, input_formats=["%Y-%m-%dT%H"])

    @property
    def narrowing(self) -> RunFilter:
        """What was asked, without what could not be read."""
        self.full_clean()
        found: dict[str, Any] = getattr(self, "cleaned_data", {})
        hour = found.get("hour")
        return RunFilter(
            kind=found.get("kind") or "",
            state=found.get("state") or "",
            segment=found.get("segment") or "",
            hour=hour.replace(tzinfo=UTC) if hour else None,
        )


class RepeatForm(forms.Form):
    """How to compute a run again; empty fields leave the choice to the engine."""

    engine = forms.ChoiceField(
        required=False,
        label="Engine",
        choices=[("", "As set"), ("polars", "Polars, one process"), ("shards", "Shards"), ("spark", "Spark")],
    )
    threads = forms.IntegerField(required=False, label="Threads", min_value=1, max_value=64)
    shards = forms.IntegerField(required=False, label="Shards", min_value=1, max_value=1000)
    slice_rows = forms.TypedChoiceField(
        required=False,
        label="Rows at a time",
        coerce=int,
        empty_value=None,
        choices=[("", "As set"), (65_536, "65,536"), (1_048_576, "1,048,576")],
    )
    order = forms.IntegerField(
        required=False, label="Other order", min_value=1, max_value=2**31 - 1, help_text="any number shuffles the rules"
    )

    @property
    def options(self) -> dict[str, Any]:
        found: dict[str, Any] = self.cleaned_data
        return {name: value for name, value in found.items() if value not in (None, "")}


class RunForm(forms.Form):
    """What to recompute: one segment and what is built on it, or everything."""

    segment = forms.CharField(required=False, max_length=63)

    @property
    def segment_keys(self) -> list[str]:
        found: dict[str, Any] = self.cleaned_data
        return [found["segment"]] if found.get("segment") else []
