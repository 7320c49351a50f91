"""Forms of the taxonomy's pages."""

from typing import Any

from django import forms

from accounts.choices import Function
from accounts.selectors import people
from taxonomy.choices import MeasureKind, ObjectiveKind, Tier
from taxonomy.models import Objective
from taxonomy.selectors import Narrowing, objectives_for, rule_catalogue_for


class TreeFilter(forms.Form):
    """What to look for in the tree; what does not fit is left out, never an error."""

    q = forms.CharField(
        required=False,
        max_length=200,
        label="Name, key or meaning",
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    tier = forms.ChoiceField(required=False, choices=[("", "Any tier"), *Tier.choices], label="Tier")
    objective = forms.ChoiceField(required=False, label="Objective")
    attribute = forms.ChoiceField(required=False, label="Reads attribute")
    owner = forms.ChoiceField(required=False, choices=[("", "Anybody's"), ("me", "Mine")], label="Answered for by")

    def __init__(self, *args: Any, viewer: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.viewer = viewer
        objectives = [(each.key, each.name) for each in objectives_for(viewer=viewer)]
        attributes = sorted((facts.label or key, key) for key, facts in rule_catalogue_for(viewer).items())
        self._limit("objective", "Any objective", objectives)
        self._limit("attribute", "Any attribute", [(key, label) for label, key in attributes])

    def _limit(self, field: str, anything: str, choices: list[tuple[str, str]]) -> None:
        listed = self.fields[field]
        assert isinstance(listed, forms.ChoiceField)  # noqa: S101  (declared above)
        listed.choices = [("", anything), *choices]

    @property
    def given(self) -> dict[str, str]:
        """The fields that hold something that fits."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def narrowing(self) -> Narrowing:
        """What the selector shall look for."""
        given = self.given
        return Narrowing(
            text=given.get("q", ""),
            tier=given.get("tier", ""),
            objective=given.get("objective", ""),
            attribute=given.get("attribute", ""),
            owner_id=self.viewer.pk if given.get("owner") else None,
        )


class ObjectiveForm(forms.Form):
    """An objective as it shall stand; the service judges the values."""

    key = forms.CharField(
        max_length=63, help_text="Small letters, digits, - and _. It stays for good and appears in addresses."
    )
    name = forms.CharField(max_length=120, help_text="What people call it, for example: More households buy fresh.")
    kind = forms.ChoiceField(choices=ObjectiveKind.choices)
    metric = forms.CharField(max_length=200, help_text="What is measured, so that two people would measure it alike.")
    unit = forms.CharField(max_length=32, required=False, help_text="For example % or USD per month.")
    baseline = forms.DecimalField(required=False, help_text="Where the metric stands today; empty when nobody knows.")
    basis = forms.CharField(
        max_length=600,
        required=False,
        label="How the baseline was found",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="From which data, counted how.",
    )
    target = forms.DecimalField(help_text="Where it shall stand.")
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

    def __init__(self, *args: Any, objective: Objective | None = None, **options: Any) -> None:
        if objective is not None:
            options["initial"] = {
                **{name: getattr(objective, name) for name in ("name", "kind", "metric", "unit", "basis", "target_on")},
                "baseline": objective.baseline.normalize() if objective.baseline is not None else None,
                "target": objective.target.normalize(),
                "owner": objective.owner.get_username(),
                "signers": objective.signers,
                **{
                    f"measure_{part}": (objective.measure or {}).get(part, "")
                    for part in ("kind", "attribute", "segment")
                },
            }
        super().__init__(*args, **options)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ChoiceField)  # noqa: S101  (declared above)
        owner.choices = [("", "Choose a person"), *((person.get_username(), str(person)) for person in people())]
        if objective is not None:
            del self.fields["key"]

    def content(self) -> dict[str, Any]:
        """What `define_objective` takes."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "key"}
        measure = {part: given.pop(f"measure_{part}") for part in ("kind", "attribute", "segment")}
        named = {part: value for part, value in measure.items() if value}
        return {**given, "signers": given["signers"] or None, "measure": named if measure["kind"] else None}


class CompareForm(forms.Form):
    """Two versions of one segment."""

    old = forms.TypedChoiceField(coerce=int, label="From")
    new = forms.TypedChoiceField(coerce=int, label="To")

    def __init__(self, *args: Any, numbers: list[int], **options: Any) -> None:
        super().__init__(*args, **options)
        for field in ("old", "new"):
            listed = self.fields[field]
            assert isinstance(listed, forms.TypedChoiceField)  # noqa: S101  (declared above)
            listed.choices = [(number, f"Version {number}") for number in numbers]
