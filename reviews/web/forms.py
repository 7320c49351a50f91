"""Forms that write proposals: what is common to all, segments, retirements, attributes."""

import json
from typing import Any

from django import forms

from accounts.selectors import people
from customers.choices import AttributeType, Dimension, Grain, Sensitivity
from customers.rows import limit_from_text
from customers.selectors import comparable_for, sources_for
from reviews.web.thresholds import Naming, fitting, given_thresholds, naming_of_text
from taxonomy.choices import Pilot, SegmentStatus, Tier
from taxonomy.selectors import objectives_for, tree_for
from taxonomy.selectors.axioms import AXIOMS

Content = dict[str, Any]


class ProposalForm(forms.Form):
    """What every proposal says besides its content; `arguments()` is what the services take.

    `is_sent` is false where a button wants the form back instead: another row, a preview.
    """

    template = "reviews/form_plain.html"
    is_sent = True
    rationale = forms.CharField(
        label="Why",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=10_000,
        help_text="What is wrong today, and how you know.",
    )
    expected = forms.CharField(
        label="What you expect",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=10_000,
        required=False,
        help_text="The outcome that will show whether this was right.",
    )
    effective_at = forms.DateTimeField(
        label="Takes effect",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="In UTC. Empty: as soon as it is approved. The date is part of what the board approves.",
    )

    def __init__(self, *args: Any, viewer: Any, content: Content | None = None, **options: Any) -> None:
        options["initial"] = {**self.initial_of(content or {}), **options.get("initial", {})}
        super().__init__(*args, **options)
        self.viewer = viewer

    def initial_of(self, content: Content) -> Content:
        """The fields' first values for a content."""
        return content

    def content(self) -> Content:
        """The proposed content."""
        return {}

    def new_key(self) -> str:
        """The key that the form gives to something new."""
        return str(self.cleaned_data.get("key", ""))

    def arguments(self) -> dict[str, Any]:
        """Arguments for creating or editing a request."""
        return {
            "proposed": self.content(),
            "rationale": self.cleaned_data["rationale"],
            "expected": self.cleaned_data["expected"],
            "effective_at": self.cleaned_data["effective_at"],
        }

    def limit(self, field: str, choices: list[tuple[str, str]]) -> None:
        """Give a choice field its choices."""
        listed = self.fields[field]
        assert isinstance(listed, forms.ChoiceField)  # noqa: S101  (declared so)
        listed.choices = choices


class SegmentForm(ProposalForm):
    """The content of a segment."""

    template = "reviews/form_segment.html"
    field_order = ("name", "key", "meaning", "tier", "parent", "rule", "objective")
    name = forms.CharField(label="Name", max_length=120, help_text="What people call it.")
    key = forms.CharField(
        label="Key",
        max_length=63,
        help_text="Small letters, digits, - and _. It stays for good and appears in addresses.",
    )
    meaning = forms.CharField(
        label="Meaning",
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One sentence that a newcomer understands.",
    )
    tier = forms.ChoiceField(label="Tier", choices=Tier.choices)
    parent = forms.ChoiceField(
        label="Stands below", required=False, help_text="Whoever is in a segment is in its parent too."
    )
    rule = forms.CharField(
        label="Rule",
        widget=forms.Textarea(
            attrs={
                "rows": 6,
                "spellcheck": "false",
                "autocapitalize": "off",
                "autocomplete": "off",
                "class": "reviews-rule",
                "data-draft-skip": "",
            }
        ),
        help_text="Attributes of the list below, with = < > IN BETWEEN LIKE IS NULL, joined by AND, OR, NOT",
    )
    objective = forms.ChoiceField(label="Objective", required=False, help_text="What this segment is for.")
    pilot = forms.ChoiceField(
        label="Use",
        required=False,
        choices=[("", "In full use"), *Pilot.choices],
        help_text="A pilot is tried out: marked everywhere, and nothing in full use rests on it.",
    )
    axiom_exclusive = forms.BooleanField(
        label="Its children must not overlap", required=False, help_text="No customer may be in two of them."
    )
    axiom_covering = forms.BooleanField(
        label="Its children must cover it", required=False, help_text="Every customer of it must be in one of them."
    )
    axioms_shown = forms.CharField(required=False, widget=forms.HiddenInput, initial="yes")
    owner_data = forms.ChoiceField(label="Answers for the data")
    owner_definition = forms.ChoiceField(label="Answers for the definition")
    owner_outcome = forms.ChoiceField(label="Answers for the outcome")

    def __init__(self, *args: Any, is_new: bool = False, own_key: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        tree = tree_for(self.viewer)
        rows = [row for row in tree if row.key != own_key]
        places = [(row.key, f"{'  ' * row.depth}{row.name}") for row in rows]
        named = [("", "Choose a person"), *((person.get_username(), str(person)) for person in people())]
        self.limit("parent", [("", "Nothing: it is a root"), *places])
        self.limit(
            "objective", [("", "None yet"), *((row.key, row.name) for row in objectives_for(viewer=self.viewer))]
        )
        for role in ("data", "definition", "outcome"):
            self.limit(f"owner_{role}", named)
        if not is_new:
            del self.fields["key"]
        if not is_new and not any(row.key == own_key and row.status == SegmentStatus.PILOT for row in tree):
            del self.fields["pilot"]

    @property
    def naming(self) -> Naming:
        """The values of the rule with the names that they have."""
        named = given_thresholds(self.data)
        stored = self.initial.get("thresholds") or [] if named is None else named
        return naming_of_text(self["rule"].value(), stored)

    def initial_of(self, content: Content) -> Content:
        owners = content.get("owners") or {}
        axioms = content.get("axioms") or {}
        return {
            **content,
            **{f"owner_{role}": person for role, person in owners.items()},
            **{f"axiom_{name}": axioms.get(name) is True for name in AXIOMS},
        }

    def content(self) -> Content:
        given, named = self.cleaned_data, given_thresholds(self.data)
        return {
            **{name: given[name] for name in ("tier", "name", "meaning", "rule")},
            **({} if named is None else {"thresholds": fitting(given["rule"], named)}),
            # A form that does not show the boxes says nothing about them.
            **({"axioms": {name: given[f"axiom_{name}"] for name in AXIOMS}} if given["axioms_shown"] else {}),
            **({"pilot": given["pilot"] or None} if "pilot" in self.fields else {}),
            "parent": given["parent"] or None,
            "objective": given["objective"] or None,
            "owners": {role: given[f"owner_{role}"] for role in ("data", "definition", "outcome")},
        }


class RetireForm(ProposalForm):
    """The retirement of a segment."""

    successor = forms.ChoiceField(
        label="Successor", required=False, help_text="Readers and programs that ask for the old one are sent there."
    )
    field_order = ("successor",)

    def __init__(self, *args: Any, own_key: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        rows = [(row.key, row.name) for row in tree_for(self.viewer) if row.key != own_key]
        self.limit("successor", [("", "None"), *rows])

    def content(self) -> Content:
        return {"successor": self.cleaned_data["successor"] or None}


class AttributeForm(ProposalForm):
    """The meaning of an attribute."""

    field_order = ("key", "label", "description", "type", "dimension", "unit", "choices", "sensitivity", "grain")
    key = forms.CharField(label="Key", max_length=63, help_text="What rules call it. It stays for good.")
    label = forms.CharField(label="Label", max_length=120)
    description = forms.CharField(label="Definition", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    type = forms.ChoiceField(label="Type", choices=AttributeType.choices)
    dimension = forms.ChoiceField(label="Dimension", choices=Dimension.choices)
    unit = forms.CharField(label="Unit", max_length=40, required=False)
    choices = forms.CharField(
        label="Choices", widget=forms.Textarea(attrs={"rows": 4}), required=False, help_text="For enum: one per line."
    )
    sensitivity = forms.ChoiceField(label="Sensitivity", choices=Sensitivity.choices)
    purposes = forms.CharField(
        label="Purposes", widget=forms.Textarea(attrs={"rows": 2}), required=False, help_text="One per line."
    )
    source = forms.ChoiceField(label="Source", required=False)
    steward = forms.ChoiceField(label="Steward", required=False)
    grain = forms.ChoiceField(label="Grain", choices=Grain.choices)
    quality_threshold = forms.FloatField(
        label="Share of customers that need a value", min_value=0, max_value=1, required=False
    )

    minimum = forms.CharField(
        label="Lowest value",
        max_length=40,
        required=False,
        help_text="A number, a date as 2026-01-31, or a moment as 2026-01-31T14:05:00Z.",
    )
    maximum = forms.CharField(label="Highest value", max_length=40, required=False)
    is_whole = forms.BooleanField(label="Whole numbers only", required=False)
    is_always_known = forms.BooleanField(label="Known of every customer", required=False)
    not_before = forms.ChoiceField(
        label="Never before (or below)", required=False, help_text="Another attribute of the same type."
    )
    derivation = forms.CharField(
        label="How it is computed",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Empty: it is collected. Else as the API takes it, for example "
        '{"kind": "event", "event": "Order Completed", "aggregate": "count", "within_days": 30, "where": []}. '
        "The form of an attribute that no live rule uses writes it for you.",
    )

    def __init__(self, *args: Any, is_new: bool = False, own_key: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.limit("not_before", [("", "None"), *comparable_for(viewer=self.viewer, but=own_key)])
        self.limit("source", [("", "None"), *((row.key, row.name) for row in sources_for(viewer=self.viewer))])
        self.limit("steward", [("", "Nobody"), *((person.get_username(), str(person)) for person in people())])
        if not is_new:
            del self.fields["key"]

    def initial_of(self, content: Content) -> Content:
        lists = {name: "\n".join(content.get(name) or []) for name in ("choices", "purposes")}
        computed = content.get("derivation")
        return {**content, **lists, "derivation": json.dumps(computed, ensure_ascii=False) if computed else ""}

    def content(self) -> Content:
        given = {name: value for name, value in self.cleaned_data.items() if name in _ATTRIBUTE_FIELDS}
        lists = {
            name: [line.strip() for line in given[name].splitlines() if line.strip()]
            for name in ("choices", "purposes")
        }
        named = {name: given[name] or None for name in ("source", "steward", "not_before")}
        limits = {name: limit_from_text(given["type"], given[name]) for name in ("minimum", "maximum")}
        return {**given, **lists, **named, **limits, "derivation": _from_json(given["derivation"])}


def _from_json(text: str) -> Any:
    """What the text says; what cannot be read stays as it is, for the check to refuse."""
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


_ATTRIBUTE_FIELDS = (
    "label", "description", "type", "dimension", "unit", "choices", "sensitivity", "purposes", "source", "steward",
    "grain", "quality_threshold", "minimum", "maximum", "is_whole", "is_always_known", "not_before",
    "derivation",
)  # fmt: skip
