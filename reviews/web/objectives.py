"""The forms that propose objectives and their retirement."""

from typing import Any

from django import forms

from accounts.choices import Function
from accounts.selectors import people
from reviews.web.forms import Content, ProposalForm
from taxonomy.choices import MeasureKind, ObjectiveKind
from taxonomy.selectors import objectives_for

_MEASURE = ("kind", "attribute", "segment")


class ObjectiveProposalForm(ProposalForm):
    """The content of an objective."""

    field_order = ("name", "key", "kind", "metric", "unit", "baseline", "basis", "target", "target_on", "owner")
    key = forms.CharField(max_length=63, help_text="Small letters, digits, - and _. It stays for good.")
    name = forms.CharField(max_length=120, help_text="What people call it, for example: More households buy fresh.")
    kind = forms.ChoiceField(label="Business aim", choices=ObjectiveKind.choices)
    metric = forms.CharField(max_length=200, help_text="What is measured, so that two people would measure it alike.")
    unit = forms.CharField(max_length=32, required=False, help_text="For example % or USD per month.")
    baseline = forms.FloatField(required=False, help_text="Where the metric stands today; empty when nobody knows.")
    basis = forms.CharField(
        max_length=600,
        required=False,
        label="How the baseline was found",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="From which data, counted how.",
    )
    target = forms.FloatField(help_text="Where it shall stand.")
    target_on = forms.DateField(label="By when", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    owner = forms.ChoiceField(help_text="Who answers for reaching it.")
    signers = forms.MultipleChoiceField(
        label="Must sign",
        choices=Function.choices,
        initial=["marketing", "product", "finance"],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="It is not agreed until each of these functions has signed. Finance always does.",
    )
    measure_kind = forms.ChoiceField(
        label="The actual is measured as",
        required=False,
        choices=[("", "Not from data: its owner enters it by hand"), *MeasureKind.choices],
    )
    measure_attribute = forms.CharField(
        label="Of the attribute", max_length=63, required=False, help_text="For a mean or a sum: its key."
    )
    measure_segment = forms.CharField(
        label="Always of the segment",
        max_length=63,
        required=False,
        help_text="Its key. Empty: each segment that serves the objective is measured by itself.",
    )

    def __init__(self, *args: Any, is_new: bool = False, own_key: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        named = [(person.get_username(), str(person)) for person in people()]
        self.limit("owner", [("", "Choose a person"), *named])
        if not is_new:
            del self.fields["key"]

    def initial_of(self, content: Content) -> Content:
        measure = content.get("measure") or {}
        found = {name: value for name, value in content.items() if value is not None}
        return {**found, **{f"measure_{part}": measure.get(part, "") for part in _MEASURE}}

    def content(self) -> Content:
        given = self.cleaned_data
        measure = {part: given[f"measure_{part}"] for part in _MEASURE if given[f"measure_{part}"]}
        plain = ("name", "kind", "metric", "unit", "baseline", "basis", "target", "owner")
        return {
            **{name: given[name] for name in plain},
            "target_on": given["target_on"].isoformat(),
            "signers": given["signers"] or None,
            "measure": measure if measure.get("kind") else None,
        }


class ObjectiveRetireForm(ProposalForm):
    """The retirement of an objective."""

    successor = forms.ChoiceField(
        label="Successor", required=False, help_text="Readers and the segments that serve the old one are sent there."
    )
    field_order = ("successor",)

    def __init__(self, *args: Any, own_key: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        rows = [(row.key, row.name) for row in objectives_for(viewer=self.viewer) if row.key != own_key]
        self.limit("successor", [("", "None"), *rows])

    def content(self) -> Content:
        return {"successor": self.cleaned_data["successor"] or None}
