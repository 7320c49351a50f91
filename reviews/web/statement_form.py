"""The form of what an author states with a request: who is affected, the way back, predictions, answers, grounds."""

from collections.abc import Mapping
from typing import Any

from django import forms

from common.errors import DomainError
from reviews.selectors import known_attributes
from reviews.web.statement_choices import measure_choices, metric_choices, moment_choices, number_choices
from taxonomy.selectors.definitions import guideline

ASSUMPTION_ROWS = 3
"""The fewest that are offered; of what stood none is left out, and one is spare."""
TEXTS = ("affected", "rollback", "notice")
PREDICTED = {"size": "Members", "value": "Average of the members", "outcome": "An outcome"}
MEASURED_BY = {"value": "Of which attribute", "outcome": "By which metric"}
NAMED = {"value": "attribute", "outcome": "metric"}
ENDS = ("low", "expected", "high")
ANSWERS = [("", "Not answered"), ("yes", "Yes"), ("no", "No"), ("not applicable", "Does not apply")]


def _number(label: str) -> forms.FloatField:
    return forms.FloatField(label=label, required=False, widget=forms.NumberInput(attrs={"step": "any"}))


class StatementForm(forms.Form):
    """Everything may stay empty; a board's policy says what it wants, and shows it before the request is submitted."""

    affected = forms.CharField(
        label="Who is affected", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    rollback = forms.CharField(
        label="The way back", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    notice = forms.CharField(label="Notice", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    quick_win = forms.BooleanField(label="A quick win: publish its measured result", required=False)
    due_on = forms.DateField(
        label="Measured on", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any = None, *, viewer: Any, stood: Mapping[str, Any] | None = None) -> None:
        self.guideline, self.viewer, self.stood = guideline(), viewer, stood or {}
        self.attributes = known_attributes(viewer=viewer)
        super().__init__(data, prefix="said", initial=_initial(self.stood))
        self._offer_moments()
        self._ask_predictions()
        self._ask_assumptions()
        self._ask_ethics()
        self.use_required_attribute = False

    def _offer_moments(self) -> None:
        """The moments by name; without a journey there is nothing to choose from and nothing is asked."""
        listed, self.initial["moments"] = moment_choices(self.stood.get("moments", []))
        if listed:
            self.fields["moments"] = forms.MultipleChoiceField(
                label="Moments of truth it serves",
                required=False,
                choices=listed,
                widget=forms.CheckboxSelectMultiple,
            )

    def _ask_predictions(self) -> None:
        prediction = self.stood.get("prediction", {})
        listed = {
            "value": number_choices(self.attributes, prediction.get("value", {}).get("attribute", "")),
            "outcome": metric_choices(self.viewer, prediction.get("outcome", {}).get("metric", "")),
        }
        for part in PREDICTED:
            for end in ENDS:
                self.fields[f"{part}_{end}"] = _number(f"{PREDICTED[part]}, {end}")
            if part in NAMED:
                name = forms.ChoiceField(label=MEASURED_BY[part], required=False, choices=listed[part])
                self.fields[f"{part}_{NAMED[part]}"] = name

    def _ask_assumptions(self) -> None:
        stood = [_measured_by(row) for row in self.stood.get("assumptions", [])]
        listed = measure_choices(self.viewer, self.attributes, stood)
        for place in range(self._assumption_count):
            number = place + 1
            said = forms.CharField(label=f"What must hold ({number})", required=False, max_length=300)
            self.fields[f"rests_{place}_text"] = said
            by = forms.ChoiceField(label=f"Measured by ({number})", required=False, choices=listed)
            self.fields[f"rests_{place}_by"] = by
            for end, word in (("low", "At least"), ("high", "At most")):
                self.fields[f"rests_{place}_{end}"] = _number(f"{word} ({number})")
            self.fields[f"rests_{place}_clause"] = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def _assumption_count(self) -> int:
        return max(ASSUMPTION_ROWS, len(self.stood.get("assumptions", [])) + 1)

    def _ask_ethics(self) -> None:
        for question in self.questions:
            self.fields[f"ethics_{question['key']}"] = forms.ChoiceField(
                label=question["text"], required=False, choices=ANSWERS
            )
            self.fields[f"ethics_{question['key']}_reason"] = forms.CharField(
                label="Reason", required=False, max_length=2000
            )

    @property
    def questions(self) -> list[dict[str, Any]]:
        """What the guideline in force asks."""
        return [dict(each) for each in self.guideline.questions] if self.guideline else []

    @property
    def ethics_rows(self) -> list[tuple[Any, Any]]:
        """Each question's answer and reason."""
        keys = [f"ethics_{question['key']}" for question in self.questions]
        return [(self[key], self[f"{key}_reason"]) for key in keys]

    @property
    def prediction_rows(self) -> list[dict[str, Any]]:
        """Each thing that can be predicted, with its fields."""
        return [
            {
                "label": PREDICTED[part],
                "name": self[f"{part}_{NAMED[part]}"] if part in NAMED else None,
                "noun": MEASURED_BY.get(part, ""),
                "ends": [(end, self[f"{part}_{end}"]) for end in ENDS],
            }
            for part in PREDICTED
        ]

    @property
    def assumption_rows(self) -> list[dict[str, Any]]:
        """Each row of what it rests on."""
        names = ("text", "by", "low", "high", "clause")
        return [{name: self[f"rests_{place}_{name}"] for name in names} for place in range(self._assumption_count)]

    def statement(self) -> dict[str, Any]:
        """What was stated; a part that is empty is null, so that it goes away where it stood."""
        given = self.cleaned_data
        return {
            **{name: given[name] or None for name in TEXTS},
            "quick_win": given["quick_win"],
            "moments": given.get("moments") or None,
            "prediction": self._prediction() or None,
            "ethics": self._ethics() or None,
            "assumptions": self._assumptions() or None,
        }

    def _prediction(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in PREDICTED:
            names = [*ENDS, *([NAMED[part]] if part in NAMED else [])]
            row = {name: self.cleaned_data[f"{part}_{name}"] for name in names}
            if any(value not in (None, "") for value in row.values()):
                found[part] = row
        due_on = self.cleaned_data["due_on"]
        return {**found, "due_on": due_on.isoformat() if due_on else None} if found or due_on else {}

    def _ethics(self) -> dict[str, Any]:
        keys = [str(question["key"]) for question in self.questions]
        rows = {
            key: {"answer": self.cleaned_data[f"ethics_{key}"], "reason": self.cleaned_data[f"ethics_{key}_reason"]}
            for key in keys
        }
        return {key: row for key, row in rows.items() if row["answer"] or row["reason"]}

    def _assumptions(self) -> list[dict[str, Any]]:
        found = []
        for place in range(self._assumption_count):
            row = {name: self.cleaned_data[f"rests_{place}_{name}"] for name in ("text", "low", "high", "clause")}
            part, _, key = self.cleaned_data[f"rests_{place}_by"].partition(":")
            row |= {part: key} if key else {}
            if any(value not in (None, "") for value in row.values()):
                found.append({name: value for name, value in row.items() if value not in (None, "")})
        return found

    def refuse(self, error: DomainError) -> bool:
        """Show what the refusal says about the statement beside its fields; whether it said anything of it."""
        mine = [item for item in error.errors if str(item.get("pointer") or "").startswith("/statement")]
        for item in mine:
            self.add_error(self._field_of(str(item["pointer"])), item["detail"])
        return bool(mine)

    def _field_of(self, pointer: str) -> str | None:
        parts = pointer.strip("/").split("/")[1:]
        names = ["_".join(parts), "_".join(parts[1:]), parts[0]]
        if parts[0] == "assumptions" and len(parts) > 2:
            last = "by" if parts[2] in ("attribute", "metric") else parts[2]
            names.insert(0, f"rests_{parts[1]}_{last}")
        return next((name for name in names if name in self.fields), None)


def _initial(stood: Mapping[str, Any]) -> dict[str, Any]:
    """The first values for a statement that stands."""
    found: dict[str, Any] = {name: stood.get(name, "") for name in TEXTS}
    found["quick_win"] = stood.get("quick_win", False)
    prediction = stood.get("prediction", {})
    found["due_on"] = prediction.get("due_on")
    for part in PREDICTED:
        found |= {f"{part}_{name}": value for name, value in prediction.get(part, {}).items()}
    for place, row in enumerate(stood.get("assumptions", [])):
        found |= {f"rests_{place}_{name}": row.get(name) for name in ("text", "low", "high", "clause")}
        found[f"rests_{place}_by"] = _measured_by(row)
    for key, row in stood.get("ethics", {}).items():
        found |= {f"ethics_{key}": row["answer"], f"ethics_{key}_reason": row["reason"]}
    return found


def _measured_by(row: Mapping[str, Any]) -> str:
    """What measures an assumption, as its choice is called; empty where nothing does."""
    part = next((part for part in ("attribute", "metric") if part in row), "")
    return f"{part}:{row[part]}" if part else ""
