"""The forms that propose journeys and their retirement."""

from collections.abc import Mapping
from typing import Any

from django import forms

from aims.choices import Channel
from aims.selectors import journeys_for
from common.errors import DomainError
from reviews.web.documents import DocumentForm
from reviews.web.forms import Content, ProposalForm
from taxonomy.selectors import tree_for

LISTS = ("channels", "segments")
Choices = list[tuple[str, str]]


class JourneyForm(DocumentForm):
    """The content of a journey: a row per stage in order, a row per moment of truth."""

    TEXTS = {
        "name": ("Name", "What people call it, for example: From first visit to regular."),
        "description": ("Description", "Markdown. Whose journey, from where to where."),
    }
    REQUIRED = ("name",)
    ROWS = {
        "stages": (
            "Stages in their order",
            "What the customer goes through, from the first stage to the last. The key stays for good.",
            {"key": "Key", "name": "Stage", "goal": "What the customer wants", "channels": "Channels"},
        ),
        "moments": (
            "Moments of truth",
            "Where the customer decides for or against us. Say the stage by its key above.",
            {
                "key": "Key",
                "name": "Moment",
                "stage": "Stage",
                "decides": "What the customer decides there",
                "channels": "Channels",
                "segments": "Segments that serve it",
            },
        ),
    }

    def __init__(
        self, data: Mapping[str, Any] | None = None, *args: Any, is_new: bool = False, own_key: str = "", **options: Any
    ) -> None:
        self._served: Choices = []
        super().__init__(data, *args, **options)
        if is_new:
            self.fields["key"] = forms.CharField(
                label="Key", max_length=63, help_text="Small letters, digits, - and _. It stays for good."
            )

    def row_field(self, column: str, label: str) -> forms.Field:
        if column in ("goal", "decides"):
            return super().row_field(column, label)
        if column in LISTS:
            listed = Channel.choices if column == "channels" else self._segments()
            several = forms.SelectMultiple(attrs={"size": 5})
            return forms.MultipleChoiceField(label=label, choices=listed, required=False, widget=several)
        return forms.CharField(label=label, max_length=2000, required=False)

    def _segments(self) -> Choices:
        """The segments in use by name, and those that a moment names already; read once for all rows."""
        if not self._served:
            rows = tree_for(self.viewer)
            known = {row.key for row in rows}
            named = {key for moment in self._start.get("moments") or [] for key in moment["segments"]}
            self._served = [*((row.key, row.name) for row in rows), *((key, key) for key in sorted(named - known))]
        return self._served

    def place_errors(self, error: DomainError) -> None:
        """Put refusals of the key beside it, all others as in every document."""
        for item in error.errors:
            pointer = str(item.get("pointer") or "")
            if pointer.endswith("/subject/key") and "key" in self.fields:
                self.add_error("key", item["detail"])
            else:
                self.add_error(self._field_at(pointer), item["detail"])


class JourneyRetireForm(ProposalForm):
    """The retirement of a journey."""

    successor = forms.ChoiceField(label="Successor", required=False, help_text="Readers of the old one are sent there.")
    field_order = ("successor",)

    def __init__(self, *args: Any, own_key: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        found = [(row.journey.key, row.name) for row in journeys_for(viewer=self.viewer)]
        self.limit("successor", [("", "None"), *[row for row in found if row[0] != own_key]])

    def content(self) -> Content:
        return {"successor": self.cleaned_data["successor"] or None}
