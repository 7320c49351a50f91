"""Forms of the data storey's pages; the services judge what they hold."""

from typing import Any, cast
from urllib.parse import urlencode

from django import forms

from accounts.selectors import people
from customers.choices import AttributeType, Dimension, Grain, Sensitivity, SourceKind
from customers.models import ImportJob, Source
from customers.rows import EXTERNAL_ID, AttributeRow, limit_from_text
from customers.rows.derivation_lines import FIELDS, UnreadableLine, derivation_from_fields, fields_of_derivation
from customers.rows.derivations import AGGREGATES
from customers.selectors import comparable_for, sources_for


def _people() -> list[tuple[str, str]]:
    return [("", "Nobody yet"), *((each.username, str(each)) for each in people())]


def _limit(form: forms.Form, field: str, choices: list[tuple[str, str]]) -> None:
    cast(forms.ChoiceField, form.fields[field]).choices = choices


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class WriteKeyForm(forms.Form):
    """A new write key of a source."""

    name = forms.CharField(label="What sends with it?", max_length=80, help_text="For example: web shop, production.")


class CatalogueFilter(forms.Form):
    """What to look for in the catalogue; what does not fit is left out, never an error."""

    q = forms.CharField(required=False, max_length=200)
    dimension = forms.ChoiceField(required=False, choices=[("", "Any dimension"), *Dimension.choices])
    type = forms.ChoiceField(required=False, choices=[("", "Any type"), *AttributeType.choices])
    source = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, viewer: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _limit(self, "source", [("", "Any source"), *((each.key, each.name) for each in sources_for(viewer=viewer))])

    @property
    def given(self) -> dict[str, str]:
        """The fields that hold something that fits."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def chips(self) -> list[dict[str, str]]:
        """A chip for each given field, with the address that lacks it."""
        shown = []
        for name, value in self.given.items():
            rest = {other: held for other, held in self.given.items() if other != name}
            words = dict(getattr(self.fields[name], "choices", ())).get(value, f"“{value}”")
            shown.append({"label": str(words), "remove_href": f"?{urlencode(rest)}"})
        return shown


class DerivationFields(forms.Form):
    """How an attribute's values come about; the page shows the fields of the chosen kind alone."""

    kind = forms.ChoiceField(
        required=False,
        label="Where the values come from",
        choices=[
            ("", "Collected: sent by programs, or imported"),
            ("event", "Computed from events"),
            ("score", "Computed as a score: points for other attributes"),
        ],
    )
    event = forms.CharField(
        required=False,
        max_length=200,
        label="Event",
        widget=forms.TextInput(attrs={"list": "event-names", "autocomplete": "off"}),
        help_text="Its name exactly as programs send it, such as Order Completed.",
    )
    aggregate = forms.ChoiceField(required=False, label="What of these events", choices=list(AGGREGATES.items()))
    property = forms.CharField(
        required=False,
        max_length=200,
        label="Property",
        help_text="Needed for a sum or different values. Without one, last and first are moments.",
    )
    within_days = forms.IntegerField(
        required=False,
        min_value=1,
        label="In the last … days",
        help_text="Whole days back from today (UTC). Empty: all events that are kept.",
    )
    where = forms.CharField(
        required=False,
        label="Only events where",
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "channel = web\ntotal >= 100"}),
        help_text="One condition per line: = <> < <= > >= in, known, unknown. All must hold. "
        "Quotation marks make a number a text.",
    )
    base = forms.FloatField(required=False, label="Score to begin with", help_text="0 when empty.")
    points = forms.CharField(
        required=False,
        label="Points",
        widget=forms.Textarea(attrs={"rows": 5, "placeholder": "+5 where orders_90d >= 12\n-3 where plan = free"}),
        help_text="One line for each: points, where, key of an attribute, condition. Scores cannot be read.",
    )

    def clean(self) -> dict[str, Any]:
        """The fields, with what they say together as `derivation`."""
        given = super().clean() or self.cleaned_data
        try:
            given["derivation"] = derivation_from_fields(given)
        except UnreadableLine as refused:
            self.add_error(refused.field, refused.detail)
        return given


class AttributeForm(DerivationFields):
    """An attribute as it shall stand."""

    field_order = (
        "key", "label", "description", "type", "choices", "unit", *FIELDS, "dimension", "source", "steward",
        "sensitivity", "purposes", "grain", "quality_threshold",
    )  # fmt: skip

    key = forms.CharField(
        max_length=63, help_text="Small letters, digits, - and _. Rules name the attribute by it, so it stays for good."
    )
    label = forms.CharField(max_length=120, help_text="What people call it, with its window: Orders, 90 days.")
    description = forms.CharField(
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="How it is counted, so that two people would count alike.",
    )
    type = forms.ChoiceField(choices=AttributeType.choices)
    choices = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text="One per line; for a choice or a set only."
    )
    unit = forms.CharField(required=False, max_length=40)
    dimension = forms.ChoiceField(choices=Dimension.choices)
    source = forms.ChoiceField(required=False, help_text="Where the values come from.")
    steward = forms.ChoiceField(required=False, help_text="Who answers for the quality of the values.")
    sensitivity = forms.ChoiceField(
        choices=Sensitivity.choices,
        initial=Sensitivity.INTERNAL,
        help_text="Personal: stewards, administrators and sales. Special category: stewards alone.",
    )
    purposes = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="What it may be used for, one per line."
    )
    grain = forms.ChoiceField(choices=Grain.choices, initial=Grain.ACCOUNT, help_text="What one value is about.")
    quality_threshold = forms.FloatField(
        required=False,
        min_value=0,
        max_value=100,
        label="Fill rate to reach, percent",
        help_text="The share of customers that need a value before segments should lean on it.",
    )

    minimum = forms.CharField(
        required=False,
        max_length=40,
        label="Lowest value",
        help_text="A number, a date as 2026-01-31, or a moment as 2026-01-31T14:05:00Z. Values below are refused.",
    )
    maximum = forms.CharField(
        required=False, max_length=40, label="Highest value", help_text="Values above are refused."
    )
    is_whole = forms.BooleanField(required=False, label="Whole numbers only")
    is_always_known = forms.BooleanField(
        required=False, label="Known of every customer", help_text="Each build counts who lacks a value."
    )
    not_before = forms.ChoiceField(
        required=False,
        label="Never before (or below)",
        help_text="Another attribute of the same type. Each build counts whose values stand the other way round.",
    )

    def __init__(
        self, *args: Any, content: dict[str, Any] | None = None, viewer: Any, own_key: str = "", **options: Any
    ) -> None:
        if content is not None:
            listed = {name: "\n".join(content[name]) for name in ("choices", "purposes")}
            computed = fields_of_derivation(content["derivation"])
            options["initial"] = content | listed | computed | {"quality_threshold": content["quality_threshold"] * 100}
        super().__init__(*args, **options)
        if content is not None:
            del self.fields["key"]
        sources = [(each.key, each.name) for each in sources_for(viewer=viewer)]
        _limit(self, "source", [("", "No source"), *sources])
        _limit(self, "steward", _people())
        _limit(self, "not_before", [("", "None"), *comparable_for(viewer=viewer, but=own_key)])

    def content(self) -> dict[str, Any]:
        """What the form says, as the service takes it."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("key", *FIELDS)}
        given |= {name: limit_from_text(given["type"], given[name]) for name in ("minimum", "maximum")}
        given["choices"] = _lines(given["choices"])
        given["purposes"] = _lines(given["purposes"])
        given["quality_threshold"] = (given["quality_threshold"] or 0) / 100
        return given


class SourceForm(forms.Form):
    """A source as it shall stand."""

    key = forms.CharField(max_length=63, help_text="Small letters, digits, - and _. It stays for good.")
    name = forms.CharField(max_length=120)
    kind = forms.ChoiceField(choices=SourceKind.choices)
    description = forms.CharField(required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    freshness_hours = forms.IntegerField(
        min_value=1,
        max_value=87_600,
        initial=24,
        label="Data should come at least every … hours",
        help_text="After so many hours without data the source is shown as stale wherever its values are.",
    )
    steward = forms.ChoiceField(required=False, help_text="Who is asked when data stays away.")

    def __init__(self, *args: Any, stored: Source | None = None, **options: Any) -> None:
        if stored is not None:
            names = ("name", "kind", "description", "freshness_hours")
            steward = stored.steward.username if stored.steward else ""
            options["initial"] = {name: getattr(stored, name) for name in names} | {"steward": steward}
        super().__init__(*args, **options)
        if stored is not None:
            del self.fields["key"]
        _limit(self, "steward", _people())

    def content(self) -> dict[str, Any]:
        """What the form says, as the service takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}


class UploadForm(forms.Form):
    """A file and where its data comes from."""

    source = forms.ChoiceField(help_text="The system that the data in the file comes from.")
    file = forms.FileField(
        allow_empty_file=True,
        help_text="CSV (UTF-8, with a header), JSON lines or Parquet. One row per customer.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.jsonl,.ndjson,.json,.parquet"}),
    )
    is_correction = forms.BooleanField(
        required=False,
        label="The file corrects values that were wrong",
        help_text="Segments then say “correction” as the reason why customers entered or left.",
    )

    def __init__(self, *args: Any, viewer: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _limit(
            self,
            "source",
            [(each.key, f"{each.name} ({each.get_kind_display()})") for each in sources_for(viewer=viewer)],
        )


class MappingForm(forms.Form):
    """Which column goes where: one field per column, by its position."""

    keeps_empty = forms.ChoiceField(
        label="An empty cell",
        choices=[("", "clears the value that the customer has"), ("yes", "leaves the value as it is")],
        required=False,
    )

    def __init__(self, *args: Any, job: ImportJob, catalogue: dict[str, AttributeRow], **options: Any) -> None:
        super().__init__(*args, **options)
        self.columns: list[str] = [column["name"] for column in job.plan["columns"]]
        listed = sorted((fact.label, fact.key) for fact in catalogue.values() if fact.derivation is None)
        targets = [
            ("", "Leave out"),
            (EXTERNAL_ID, "Customer’s id"),
            ("Attribute", [(key, label) for label, key in listed]),
        ]
        for position, name in enumerate(self.columns):
            field = forms.ChoiceField(choices=targets, required=False, label=name, initial=job.mapping.get(name) or "")
            field.widget.attrs["aria-label"] = f"Column {name} goes to"
            self.fields[f"column-{position}"] = field
        self.fields["keeps_empty"].initial = "yes" if job.keeps_empty else ""

    def mapping(self) -> dict[str, str | None]:
        """Column -> target."""
        return {name: self.cleaned_data.get(f"column-{position}") or None for position, name in enumerate(self.columns)}
