"""The forms that propose journeys and their retirement."""

from collections.abc import Mapping
from typing import Any

from django import forms

from aims.choices import Channel
from aims.selectors import journeys_for
from common.errors import DomainError
from reviews.web.documents import DocumentForm
from reviews.web.forms import Content, ProposalForm

_CHANNELS = f"By comma: {', '.join(Channel.values)}"


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
            f"Channels: {_CHANNELS}.",
            {"key": "Key", "name": "Stage", "goal": "What the customer wants", "channels": "Channels"},
        ),
        "moments": (
            "Moments of truth",
            "Where the customer decides for or against us. The stage by its key, segments by their keys.",
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
        super().__init__(data, *args, **options)
        if is_new:
            self.fields["key"] = forms.CharField(
                label="Key", max_length=63, help_text="Small letters, digits, - and _. It stays for good."
            )

    def row_field(self, column: str, label: str) -> forms.Field:
        if column in ("goal", "decides"):
            return super().row_field(column, label)
        return forms.CharField(label=label, max_length=2000, required=False)

    def initial_rows(self, name: str) -> list[dict[str, Any]]:
        lists = ("channels", "segments")
        rows = self._start.get(name) or []
        return [{part: ", ".join(value) if part in lists else value for part, value in row.items()} for row in rows]

    def content(self) -> Content:
        found = super().content()
        for name in ("stages", "moments"):
            lists = [part for part in ("channels", "segments") if part in self.ROWS[name][2]]
            for row in found[name]:
                row.update({part: _parts(row[part]) for part in lists})
        return found

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


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", ",").split(",") if part.strip()]
