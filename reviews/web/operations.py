"""Forms that write operations on whole segments: what they share, splits, merges, deprecations."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from common.errors import DomainError
from common.keys import KEY_HELP, check_key
from reviews.web.documents import DocumentForm
from reviews.web.forms import Content, RetireForm
from taxonomy import selectors as taxonomy
from taxonomy.selectors.crosswalk import is_taken

LOOK = "look"
_RULE = {"rows": 3, "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off", "class": "reviews-rule"}


def with_rows_asked(data: Any) -> Any:
    """What was sent, with the row added or taken away that `ask` names ("add parts", "drop parts-2-key")."""
    deed, _, named = (data.get("ask") or "").partition(" ")
    if deed == "add":
        return {**data.dict(), f"{named}-{_next_place(data, named)}-added": ""}
    if deed == "drop":
        row = named.rpartition("-")[0] + "-"
        return {key: value for key, value in data.dict().items() if not key.startswith(row)}
    return data


def _next_place(data: Mapping[str, Any], name: str) -> int:
    used = (key.split("-")[1] for key in data if key.startswith(f"{name}-") and key.count("-") == 2)
    return max((int(place) for place in used if place.isdecimal() and len(place) < 4), default=-1) + 1


class OperationForm(DocumentForm):
    """An operation with rows. `ask` says what the button wants besides sending: another row, one less, or a look."""

    template = "reviews/form_operation.html"
    FEWEST: dict[str, int] = {}

    def __init__(self, data: Any = None, *args: Any, own_key: str = "", is_new: bool = True, **options: Any) -> None:
        self.ask = str(data.get("ask") or "") if data is not None else ""
        self.own_key, self.is_new = own_key, is_new
        super().__init__(None if data is None else with_rows_asked(data), *args, **options)
        self.is_sent = self.is_bound and not self.ask

    def _row_places(self, name: str, data: Mapping[str, Any] | None) -> list[int]:
        if data is None:
            return list(range(max(len(self.initial_rows(name)), self.FEWEST.get(name, 1))))
        return super()._row_places(name, data)

    def row_field(self, column: str, label: str) -> forms.Field:
        if column == "key":
            return forms.CharField(label=label, max_length=63, required=False, help_text=KEY_HELP)
        if column == "name":
            return forms.CharField(label=label, max_length=120, required=False)
        if column == "rule":
            return rule_field(label)
        return super().row_field(column, label)

    def clean(self) -> Content:
        given = super().clean() or self.cleaned_data
        # Only what is sent needs a reason; a row may come and go while everything is still empty.
        forgiven = ["rationale"] if self.ask == LOOK else list(self.errors) if self.ask else []
        for name in forgiven:
            self.errors.pop(name, None)
        if self.ask in ("", LOOK):
            self.find_faults()
        return given

    def find_faults(self) -> None:
        """Put what can be seen to be wrong before anything is rehearsed beside its field, all of it at once."""

    def typed_rows(self, name: str) -> list[tuple[int, dict[str, str]]]:
        """The rows in which something stands, each with its number in the form."""
        columns = self.ROWS[name][2]
        found = []
        for place in self._row_places(name, self.data):
            row = {column: str(self.cleaned_data.get(f"{name}-{place}-{column}") or "").strip() for column in columns}
            if any(row.values()):
                found.append((place, row))
        return found

    def refuse_rule(self, field: str, text: str) -> None:
        """Say beside the field what is wrong with a rule, where anything is."""
        try:
            taxonomy.parse_for(self.viewer, text)
        except DomainError as refused:
            for item in refused.errors:
                self.add_error(field, item["detail"])

    def refuse_key(self, field: str, key: str) -> None:
        """Say beside the field why the key cannot be that of a new segment, where it cannot."""
        try:
            check_key(key)
        except DomainError as refused:
            self.add_error(field, refused.detail)
            return
        if is_taken(key):
            self.add_error(field, f"The key {key} is taken; keys are never used twice.")

    def refuse_empty(self, fields: Mapping[str, str]) -> None:
        """Say beside each empty one of the fields what is missing."""
        for field, wanted in fields.items():
            if not self.cleaned_data.get(field) and field not in self.errors:
                self.add_error(field, wanted)

    def notes(self) -> list[str]:
        """What a preview says besides checks and differences."""
        return []

    def tree(self) -> list[Any]:
        """The taxonomy as it would be, for a preview; nothing where the operation is no matter of places."""
        return []

    def _field_at(self, pointer: str) -> str | None:
        found = super()._field_at(pointer)
        return found or next((part for part in reversed(pointer.split("/")) if part in self.fields), None)


def rule_field(label: str, help_text: str = "") -> forms.CharField:
    """A rule as text."""
    widget = forms.Textarea(attrs=_RULE)
    return forms.CharField(label=label, required=False, max_length=20_000, widget=widget, help_text=help_text)


def segment_choices(rows: Iterable[taxonomy.TreeRow], first: str) -> list[tuple[str, str]]:
    """The segments as choices, each in its place with its key, after what choosing none of them means."""
    return [("", first), *((row.key, f"{'  ' * row.depth}{row.name} ({row.key})") for row in rows)]


class SplitForm(OperationForm):
    """The parts of a segment that goes."""

    FEWEST = {"parts": 2}
    ROWS = {
        "parts": (
            "Parts",
            "Each part is a new segment in the place of the old one, with its objective and its owners. The old "
            "segment goes out of use; rules that refer to it will ask for the parts.",
            {"key": "Key", "name": "Name", "meaning": "Meaning", "rule": "Rule"},
        )
    }

    def initial_rows(self, name: str) -> list[dict[str, Any]]:
        parts = self._start.get("parts")
        if parts is None:
            return [{"rule": self._start.get("rule", "")} for _ in range(self.FEWEST[name])]
        return [{**part["content"], "key": part["key"]} for part in parts]

    def find_faults(self) -> None:
        rows = self.typed_rows("parts")
        if len(rows) < self.FEWEST["parts"]:
            self.add_error(None, "A split makes two parts at least. Add another one.")
        for place, row in rows:
            fields = {column: f"parts-{place}-{column}" for column in row}
            self.refuse_empty({field: f"Give the part its {column}." for column, field in fields.items()})
            if row["key"]:
                self.refuse_key(fields["key"], row["key"])
            if row["rule"]:
                self.refuse_rule(fields["rule"], row["rule"])

    def content(self) -> Content:
        kept = {part["key"]: part["content"] for part in self._start.get("parts") or []}
        rows = self._filled_rows("parts", self.ROWS["parts"][2])
        return {
            "parts": [
                {"key": row["key"], "content": {**kept.get(row["key"], {}), **_said(row, "name", "meaning", "rule")}}
                for row in rows
            ]
        }


class MergeForm(OperationForm):
    """The segments that become one, and the one that they become."""

    FEWEST = {"sources": 2}
    ROWS = {
        "sources": (
            "Segments that go out of use",
            "Their readers, and the rules that refer to them, are sent to the one that takes their place.",
            {"key": "Segment"},
        )
    }
    into = forms.ChoiceField(
        label="They become",
        choices=[("new", "A new segment"), ("existing", "One that is in use")],
        widget=forms.RadioSelect,
        initial="new",
    )
    target = forms.ChoiceField(label="The segment that takes them in", required=False)
    key = forms.CharField(label="Key of the new segment", max_length=63, required=False, help_text=KEY_HELP)
    name = forms.CharField(label="Name", max_length=120, required=False)
    meaning = forms.CharField(
        label="Meaning", max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    rule = rule_field("Rule", "Empty: whoever is in any of them.")

    def __init__(self, *args: Any, viewer: Any, **options: Any) -> None:
        self._choices = segment_choices(taxonomy.tree_for(viewer), "Choose a segment")
        super().__init__(*args, viewer=viewer, **options)
        self.limit("target", self._choices)
        if not self.is_new:
            for name in ("into", "target", "key"):
                del self.fields[name]

    def row_field(self, column: str, label: str) -> forms.Field:
        return forms.ChoiceField(label=label, required=False, choices=self._choices)

    def initial_rows(self, name: str) -> list[dict[str, Any]]:
        return [{"key": source["key"]} for source in self._start.get("sources") or []]

    def initial_of(self, content: Content) -> Content:
        written = content.get("content") or {}
        return {**super().initial_of(content), **_said(written, "name", "meaning", "rule")}

    @property
    def takes_in(self) -> str:
        """The segment in use that takes the others in; nothing where a new one is born."""
        if not self.is_new:
            return self.own_key if self._start.get("version") else ""
        return str(self.cleaned_data.get("target") or "") if self.cleaned_data.get("into") == "existing" else ""

    def find_faults(self) -> None:
        rows = self.typed_rows("sources")
        keys = [row["key"] for _, row in rows]
        is_into_existing = self.cleaned_data.get("into") == "existing" or bool(self.takes_in)
        if len(rows) < (1 if is_into_existing else 2):
            self.add_error("sources-0-key" if "sources-0-key" in self.fields else None, "Name the segments to merge.")
        for number, (place, row) in enumerate(rows):
            if row["key"] in keys[:number]:
                self.add_error(f"sources-{place}-key", f"{row['key']} is named twice.")
            if row["key"] == self.takes_in:
                self.add_error(f"sources-{place}-key", "It takes the others in; name only those that go out of use.")
        if self.cleaned_data.get("rule"):
            self.refuse_rule("rule", self.cleaned_data["rule"])
        self._find_faults_of_target(is_into_existing)

    def _find_faults_of_target(self, is_into_existing: bool) -> None:
        if is_into_existing:
            if self.is_new:
                self.refuse_empty({"target": "Choose the segment that takes the others in."})
            return
        wanted = {"name": "Name the new segment.", "meaning": "Say in a sentence who is in it."}
        self.refuse_empty({**({"key": "Give the new segment a key."} if self.is_new else {}), **wanted})
        if self.is_new and self.cleaned_data.get("key"):
            self.refuse_key("key", self.cleaned_data["key"])

    def new_key(self) -> str:
        return self.takes_in or super().new_key()

    def content(self) -> Content:
        keys = [row["key"] for row in self._filled_rows("sources", self.ROWS["sources"][2])]
        kept = {name: value for name, value in (self._start.get("content") or {}).items() if name != "rule"}
        said = _said(self.cleaned_data, "name", "meaning", "rule")
        if self.takes_in and "rule" not in said:
            said["rule"] = _any_of(self.takes_in, *keys)
        return {"sources": keys, "content": {**kept, **said}}


def _any_of(*keys: str) -> str:
    """The rule that lets in whoever is let in by the own rule of any of the segments."""
    found = (taxonomy.live_content(key) for key in keys)
    return " OR ".join(f"({live.content['rule']})" for live in found if live)


def _said(row: Mapping[str, Any], *names: str) -> Content:
    return {name: row[name] for name in names if row.get(name)}


class DeprecateForm(RetireForm):
    """The deprecation of a segment: computed as before, and nothing new may rest on it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        successor = self.fields["successor"]
        successor.required = True
        successor.help_text = (
            "What to use instead. The old one is computed as before and stays open to what stands on it; no new rule, "
            "parent or successor may rest on it."
        )
