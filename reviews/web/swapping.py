"""The form that swaps the source of an attribute: the old one, the new one, and what each value becomes."""

from contextlib import suppress
from typing import Any

from django import forms

from common.errors import Invalid
from customers.choices import AttributeType
from reviews.web.forms import Content
from reviews.web.operations import OperationForm
from taxonomy.rules.replacing import values_written
from taxonomy.selectors import rule_catalogue_for, tree_for
from taxonomy.selectors.catalogue import stored_rule
from taxonomy.selectors.counterparts import counterparts
from taxonomy.selectors.plans import reading

FILL = "fill"
# A rule writes texts and choices alike, so that one may take the other's place.
_FAMILIES = {**{str(kind.value): str(kind.value) for kind in AttributeType}, "enum": "text"}


class SwapForm(OperationForm):
    """One attribute instead of another in every live rule."""

    FEWEST = {"values": 1}
    ROWS = {
        "values": (
            "What each value becomes",
            "A value that no row names stays as rules write it.",
            {"old": "Old value", "new": "New value"},
        )
    }
    attribute = forms.ChoiceField(
        label="Attribute that rules read today", help_text="Only those that a live rule reads."
    )
    replacement = forms.ChoiceField(label="Attribute that they shall read", help_text="Of the same type.")

    def __init__(self, data: Any = None, *args: Any, viewer: Any, **options: Any) -> None:
        self._catalogue = rule_catalogue_for(viewer)
        super().__init__(self._filled(data), *args, viewer=viewer, **options)
        labels = sorted((facts.label or key, key) for key, facts in self._catalogue.items())
        named = [(key, f"{label} ({key})") for label, key in labels]
        read = {key for row in tree_for(viewer) for key in row.attribute_keys}
        self.limit("attribute", [("", "Choose an attribute"), *(pair for pair in named if pair[0] in read)])
        self.limit("replacement", [("", "Choose an attribute"), *named])

    def _filled(self, data: Any) -> Any:
        """What was sent, with a row for each value that rules name and no row does, where that was asked for."""
        if data is None or data.get("ask") != FILL:
            return data
        sent = data.copy()
        given = {value for name, value in sent.items() if name.startswith("values-") and name.endswith("-old")}
        missing = [value for value in self.written(sent.get("attribute", "")) if value not in given]
        for number, value in enumerate(missing, start=len(sent)):
            sent[f"values-{number}-old"] = value
        return sent

    def written(self, attribute: str) -> list[str]:
        """The values that live rules compare the attribute with; none of one that the viewer may not see."""
        if attribute not in self._catalogue:
            return []
        rules = (stored_rule(version.rule) for version in reading(attribute))
        return list(dict.fromkeys(value for rule in rules for value in values_written(rule, attribute)))

    def row_field(self, column: str, label: str) -> forms.Field:
        return forms.CharField(label=label, max_length=200, required=False)

    def initial_rows(self, name: str) -> list[dict[str, Any]]:
        if "values" in self._start:
            return [{"old": old, "new": new} for old, new in self._start["values"].items()]
        return [{"old": value, "new": ""} for value in self.written(self._start.get("attribute", ""))]

    def initial_of(self, content: Content) -> Content:
        named: Content = {name: content[name] for name in ("attribute", "replacement") if name in content}
        return {**super().initial_of(content), **named}

    def find_faults(self) -> None:
        old, new = (self.cleaned_data.get(name) or "" for name in ("attribute", "replacement"))
        if old and old == new:
            self.add_error("replacement", "Choose another attribute than the one that it replaces.")
        elif old and new and _FAMILIES.get(self._type(old)) != _FAMILIES.get(self._type(new)):
            types = [f"“{AttributeType(self._type(key)).label.lower()}”" for key in (old, new)]
            self.add_error("replacement", f"{old} is of the type {types[0]}, {new} of {types[1]}. Choose one like it.")
        written, seen = self.written(old), set()
        for place, row in self.typed_rows("values"):
            field = f"values-{place}-old"
            if row["old"] in seen:
                self.add_error(field, f"“{row['old']}” has a row already.")
            elif row["new"] and row["old"] not in written:
                self.add_error(field, f"No live rule compares {old or 'it'} with “{row['old']}”.")
            seen.add(row["old"])
            if row["new"] and new and (fault := self._fault_of(row["new"], new)):
                self.add_error(f"values-{place}-new", fault)

    def _type(self, key: str) -> str:
        return str(self._catalogue[key].type)

    def _fault_of(self, value: str, key: str) -> str:
        choices, kind = self._catalogue[key].choices, self._type(key)
        if choices and kind == AttributeType.ENUM and value not in choices:
            return f"{key} has no “{value}”. It has: {', '.join(choices)}."
        if kind == AttributeType.NUMBER and not isinstance(_read(value, kind), int | float):
            return "Write a number."
        try:
            counterparts({"": _read(value, kind)}, key, self._catalogue[key])
        except Invalid as refused:
            return refused.detail
        return ""

    def new_key(self) -> str:
        touched = [version.segment.key for version in reading(self.cleaned_data["attribute"])]
        return touched[0] if touched else ""

    def content(self) -> Content:
        old, new = self.cleaned_data["attribute"], self.cleaned_data["replacement"]
        kind = self._type(new)
        rows = self._filled_rows("values", self.ROWS["values"][2])
        values = {row["old"]: _read(row["new"], kind) for row in rows if row["new"]}
        return {"attribute": old, "replacement": new, "values": values}

    def notes(self) -> list[str]:
        given = self.content()
        kept = [value for value in self.written(given["attribute"]) if value not in given["values"]]
        return [f"Rules keep these values as they are: {', '.join(kept)}."] if kept else []


def _read(value: str, kind: str) -> Any:
    """The value as its type has it; a number that cannot be read stays a text."""
    if kind == AttributeType.NUMBER:
        for form in (int, float):
            with suppress(ValueError):
                return form(value)
    return value
