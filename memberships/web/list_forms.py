"""What the pages of lists, files and analyses ask."""

from datetime import UTC, datetime
from typing import Any

from django import forms

from common.clock import now
from memberships.choices import FileFormat
from memberships.selectors.exporting import choices_for

_MOMENT = {"widget": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")}
_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"]


class Instant(forms.DateTimeField):
    """An instant in UTC that has come."""

    def __init__(self, **given: Any) -> None:
        super().__init__(input_formats=_FORMATS, **{**_MOMENT, **given})

    def clean(self, value: Any) -> datetime | None:
        found: datetime | None = super().clean(value)
        if found is None:
            return None
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        if found > now():
            raise forms.ValidationError("That instant has not come yet. Choose one in the past.")
        return found


class AskedForm(forms.Form):
    """An expression over segments, and the instant that it is asked of."""

    expression = forms.CharField(
        required=False,
        max_length=8_000,
        label="Segments",
        help_text="Keys joined by AND, OR and AND NOT, with brackets: vip AND NOT (churned OR dormant)",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )
    at = Instant(required=False, label="As of", help_text="UTC; empty for now")


class KeepForm(AskedForm):
    """The same, to be kept under a name."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["expression"].required = True

    name = forms.CharField(max_length=120, label="Name")
    note = forms.CharField(
        max_length=500,
        required=False,
        label="Note",
        help_text="What it is for",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ExportForm(forms.Form):
    """What a file holds and how it is written."""

    format = forms.ChoiceField(choices=FileFormat.choices, initial=FileFormat.CSV, widget=forms.RadioSelect)
    columns = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Columns", help_text="The id is always in it"
    )
    mark = forms.BooleanField(
        required=False, label="For Excel", help_text="A CSV begins with a mark by which Excel knows UTF-8"
    )
    of = forms.CharField(widget=forms.HiddenInput)
    segment = forms.CharField(required=False, widget=forms.HiddenInput)
    list = forms.IntegerField(required=False, widget=forms.HiddenInput)
    at = Instant(required=False, widget=forms.HiddenInput)
    since = Instant(required=False, label="Changes since", help_text="UTC; empty for all")

    def __init__(self, *args: Any, viewer: Any, of: str, **more: Any) -> None:
        super().__init__(*args, **more)
        chosen: Any = self.fields["columns"]
        chosen.choices = [(choice.key, choice.label) for choice in choices_for(viewer, of=of)]
        if of != "changes":
            del self.fields["since"]
        if of == "changes":
            del self.fields["columns"]

    @property
    def what(self) -> dict[str, Any]:
        """What the file is of, for the service."""
        found = self.cleaned_data
        named = ("of", "segment", "list", "at", "since")
        return {name: found[name] for name in named if found.get(name)}


class EndsForm(forms.Form):
    """A family of segments and two instants."""

    family = forms.CharField(required=False, max_length=63, widget=forms.Select, label="Family")
    began = Instant(required=True, label="From", help_text="UTC")
    ended = Instant(required=False, label="To", help_text="UTC; empty for now")

    def __init__(self, *args: Any, families: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        widget: Any = self.fields["family"].widget
        widget.choices = families
