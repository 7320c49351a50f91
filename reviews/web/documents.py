"""Forms that write playbooks and briefs: sections of text, lists with one entry per line, lists of rows, steps."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BoundField

from common.errors import DomainError
from reviews.web.forms import Content, ProposalForm
from reviews.web.steps import STEP_FIELDS, choices_from, choices_text, customer_from, customer_text, step_content

SPARE_ROWS = 1
# Sections have names that the form's own fields have too: a brief has a rationale, and so has its proposal.
SECTION = "section_"
MOST_ROWS = 60


@dataclasses.dataclass(frozen=True)
class Section:
    """One section of the form: a single field, or rows of fields."""

    name: str
    label: str
    help: str
    field: BoundField | None = None
    rows: list[list[BoundField]] = dataclasses.field(default_factory=list)


class DocumentForm(ProposalForm):
    """A document in sections. `TEXTS`, `LISTS` and `ROWS` (name -> columns) say which; labels come with each."""

    template = "reviews/form_document.html"
    TEXTS: dict[str, tuple[str, str]] = {}
    LISTS: dict[str, tuple[str, str]] = {}
    ROWS: dict[str, tuple[str, str, dict[str, str]]] = {}
    REQUIRED: tuple[str, ...] = ()

    def __init__(self, data: Mapping[str, Any] | None = None, *args: Any, **options: Any) -> None:
        self._start = options.get("content") or {}
        super().__init__(data, *args, **options)
        self._places: dict[str, list[int]] = {}
        for name, (label, help_text) in self.TEXTS.items():
            self.fields[f"{SECTION}{name}"] = _area(label, help_text, rows=4, required=name in self.REQUIRED)
        for name, (_, _, columns) in self.ROWS.items():
            for place in self._row_places(name, data):
                for column, label in columns.items():
                    self.fields[f"{name}-{place}-{column}"] = self.row_field(column, label)
        for name, (label, help_text) in self.LISTS.items():
            self.fields[f"{SECTION}{name}"] = _area(label, help_text or "One per line.", rows=4)

    def _row_places(self, name: str, data: Mapping[str, Any] | None) -> list[int]:
        """The numbers of the rows: those that were sent, or those of the content and a spare one."""
        if data is None:
            return list(range(len(self.initial_rows(name)) + SPARE_ROWS))
        sent = {key.split("-")[1] for key in data if key.startswith(f"{name}-") and key.count("-") == 2}
        places = sorted(int(place) for place in sent if place.isdecimal() and len(place) < 4)[:MOST_ROWS]
        return places or [0]

    def row_field(self, column: str, label: str) -> forms.Field:
        """The field of one column of a row."""
        return _area(label, "", rows=2)

    def initial_rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of the content that the form begins with."""
        return list(self._start.get(name) or [])

    def initial_of(self, content: Content) -> Content:
        found: Content = {f"{SECTION}{name}": content.get(name, "") for name in self.TEXTS}
        found |= {f"{SECTION}{name}": "\n".join(content.get(name) or []) for name in self.LISTS}
        for name, (_, _, columns) in self.ROWS.items():
            for place, row in enumerate(self.initial_rows(name)):
                found |= {f"{name}-{place}-{column}": row.get(column, "") for column in columns}
        return found

    def content(self) -> Content:
        given = self.cleaned_data
        found: Content = {name: given[f"{SECTION}{name}"] for name in self.TEXTS}
        found |= {name: _lines(given[f"{SECTION}{name}"]) for name in self.LISTS}
        for name, (_, _, columns) in self.ROWS.items():
            found[name] = self._filled_rows(name, columns)
        return found

    def _filled_rows(self, name: str, columns: Mapping[str, str]) -> list[dict[str, str]]:
        rows, places = [], []
        for place in self._row_places(name, self.data):
            row = {column: self.cleaned_data.get(f"{name}-{place}-{column}", "") for column in columns}
            if any(value for column, value in row.items() if column != "kind"):
                rows.append(row)
                places.append(place)
        self._places[name] = places
        return rows

    def sections(self) -> list[Section]:
        """The sections in their order, for the template."""
        texts = [Section(name, label, "", self[f"{SECTION}{name}"]) for name, (label, _) in self.TEXTS.items()]
        rows = [
            Section(name, label, help_text, rows=[
                [self[f"{name}-{place}-{column}"] for column in columns]
                for place in self._row_places(name, self.data if self.is_bound else None)
            ])
            for name, (label, help_text, columns) in self.ROWS.items()
        ]  # fmt: skip
        return [
            *texts,
            *rows,
            *(Section(name, label, "", self[f"{SECTION}{name}"]) for name, (label, _) in self.LISTS.items()),
        ]

    def place_errors(self, error: DomainError) -> None:
        """Put a refusal beside the fields that its pointers name (/proposed/messages/0/text), else on top."""
        for item in error.errors:
            self.add_error(self._field_at(item.get("pointer") or ""), item["detail"])

    def _field_at(self, pointer: str) -> str | None:
        parts = [part for part in pointer.split("/") if part and part != "proposed"]
        if len(parts) >= 2 and parts[0] in self.ROWS and parts[1].isdecimal():
            places = self._places.get(parts[0], [])
            number = int(parts[1])
            columns = self.ROWS[parts[0]][2]
            column = parts[2] if len(parts) > 2 and parts[2] in columns else next(iter(columns))
            return f"{parts[0]}-{places[number]}-{column}" if number < len(places) else None
        return f"{SECTION}{parts[0]}" if parts and f"{SECTION}{parts[0]}" in self.fields else None


class PlaybookForm(DocumentForm):
    """The content of a playbook."""

    REQUIRED = ("why", "values", "value_proposition")
    TEXTS = {
        "why": ("Why this segment exists", "Markdown. What is true of these customers and of nobody else?"),
        "values": ("What it values", "Markdown."),
        "value_proposition": ("What we offer", "Markdown. One promise, in words that a customer would use."),
        "pricing": ("Price", "Markdown. What may be offered, and what may not."),
    }
    ROWS = {
        "messages": ("What to say", "", {"audience": "To whom", "text": "Message"}),
        "channels": ("Where to reach them", "", {"channel": "Channel", "guidance": "How"}),
        "objections": ("Objections and answers", "", {"objection": "They say", "answer": "We answer"}),
        "decision_makers": ("Who decides", "", {"role": "Who", "concern": "What they care about"}),
        "triggers": ("When something happens", "", {"trigger": "When", "response": "Then"}),
        "next_steps": ("What to do now", "", {"step": "Step", "done_when": "Done when"}),
    }
    LISTS = {"dos": ("Do", ""), "donts": ("Do not", "")}


class BriefForm(DocumentForm):
    """The content of a brief with its walkthrough."""

    REQUIRED = ("rationale", "data_sources", "rule_explained", "how_to_use")
    TEXTS = {
        "rationale": ("Why this segment exists", "Markdown."),
        "data_sources": ("Where the data comes from", "Markdown."),
        "rule_explained": ("The rule explained", "Markdown. As you would say it to a new colleague."),
        "how_to_use": ("How to use it", "Markdown."),
    }
    ROWS = {"steps": ("Walkthrough: the steps", STEP_FIELDS.help, STEP_FIELDS.columns)}
    LISTS = {"dos": ("Do", ""), "donts": ("Do not", "")}
    walkthrough_title = forms.CharField(label="Walkthrough: title", max_length=120)
    walkthrough_minutes = forms.IntegerField(label="Walkthrough: minutes it takes", min_value=1, max_value=240)
    field_order = ("walkthrough_title", "walkthrough_minutes")

    def row_field(self, column: str, label: str) -> forms.Field:
        if column == "kind":
            return forms.ChoiceField(label=label, choices=STEP_FIELDS.kinds, required=False)
        if column == "title":
            return forms.CharField(label=label, max_length=120, required=False)
        return super().row_field(column, label)

    def initial_rows(self, name: str) -> list[dict[str, Any]]:
        steps = (self._start.get("walkthrough") or {}).get("steps") or []
        return [
            {
                **step,
                "text": step.get("body") or step.get("question") or "",
                "choices": choices_text(step.get("choices") or []),
                "customer": customer_text(step.get("customer") or {}),
            }
            for step in steps
        ]

    def initial_of(self, content: Content) -> Content:
        walkthrough = content.get("walkthrough") or {}
        head = {f"walkthrough_{name}": walkthrough.get(name) for name in ("title", "minutes")}
        return {**super().initial_of(content), **head}

    def content(self) -> Content:
        found = super().content()
        steps = [
            step_content(row, choices_from(row["choices"]), customer_from(row["customer"]))
            for row in found.pop("steps")
        ]
        head = {name: self.cleaned_data[f"walkthrough_{name}"] for name in ("title", "minutes")}
        return {**found, "walkthrough": {**head, "steps": steps}}

    def _field_at(self, pointer: str) -> str | None:
        parts = [part for part in pointer.split("/") if part and part != "proposed"]
        if parts[:1] == ["walkthrough"]:
            if parts[1:2] == ["steps"]:
                column = {"body": "text", "question": "text"}.get(parts[3], parts[3]) if len(parts) > 3 else "kind"
                return super()._field_at("/".join(["", "steps", *parts[2:3], column]))
            return f"walkthrough_{parts[1]}" if parts[1:] and parts[1] in ("title", "minutes") else None
        return super()._field_at(pointer)


def _area(label: str, help_text: str, *, rows: int, required: bool = False) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, widget=widget, required=required, max_length=20_000)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
