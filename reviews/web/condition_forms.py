"""The conditions of a board as forms in plain words: when one holds, and what it then asks for."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from accounts.choices import Function
from common.errors import DomainError
from reviews.choices import Kind, RejectOn, SubjectType
from reviews.conditions import PEOPLE, RELATIONS
from reviews.models import Board
from reviews.web.board_forms import DEMAND_CHOICES, named_people, people_initial

_FUNCTIONS = {
    words.replace("_", " ").lower(): value for value, label in Function.choices for words in (value, str(label))
}
_RELATION_WORDS = {
    "no_effect": "It selects exactly the same (proved)",
    "narrower": "It selects fewer (proved)",
    "wider": "It selects more (proved)",
    "shifted": "It selects others (proved)",
    "unrelated": "It selects quite others (proved)",
}


class ConditionForm(forms.Form):
    """One condition: when it holds, and what it then asks for. Without a name there is none."""

    name = forms.CharField(label="Name", max_length=80, required=False, help_text="Empty: no such condition.")
    members_moved_over = forms.IntegerField(label="When more than so many members move", min_value=0, required=False)
    members_moved_at_most = forms.IntegerField(label="When at most so many members move", min_value=0, required=False)
    share_moved_over = forms.FloatField(
        label="When more than this share of the members moves", min_value=0, max_value=1, required=False
    )
    share_moved_at_most = forms.FloatField(
        label="When at most this share of the members moves", min_value=0, max_value=1, required=False
    )
    revenue_moved_over = forms.FloatField(label="When more than this revenue moves", min_value=0, required=False)
    relation = forms.MultipleChoiceField(
        label="When it is proved of the rule",
        choices=[(name, _RELATION_WORDS[name]) for name in RELATIONS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    revenue_moved_at_most = forms.FloatField(label="When at most this revenue moves", min_value=0, required=False)
    sensitive = forms.BooleanField(label="When it reads sensitive attributes", required=False)
    metadata_only = forms.BooleanField(label="When only name and description change", required=False)
    bulk = forms.BooleanField(label="When it changes many things at once", required=False)
    kinds = forms.MultipleChoiceField(
        label="When it asks to", choices=Kind.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    subject_types = forms.MultipleChoiceField(
        label="When it is about", choices=SubjectType.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    light = forms.BooleanField(
        label="This is a lighter path", required=False, help_text="It replaces what the board asks for otherwise."
    )
    quorum = forms.IntegerField(label="Then so many approvals", min_value=1, max_value=1000, required=False)
    required = forms.CharField(
        label="Then approvals from", required=False, help_text="For example: finance 1, privacy 1"
    )
    people = forms.MultipleChoiceField(
        label="Then the approval of",
        choices=[(name, words.capitalize()) for name, words in PEOPLE.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    named = forms.CharField(
        label="Then the approval of, by user name", required=False, help_text="Separated by spaces."
    )
    outsiders = forms.IntegerField(label="Then people from outside", min_value=0, required=False)
    notice_days = forms.IntegerField(label="Then days of notice", min_value=0, required=False)
    due_days = forms.IntegerField(label="Then due after so many days", min_value=1, max_value=1000, required=False)
    expires_days = forms.IntegerField(label="Then expired after days", min_value=1, max_value=1000, required=False)
    reject_on = forms.ChoiceField(
        label="Then a rejection", choices=[("", "As usual"), *RejectOn.choices], required=False
    )
    demands = forms.MultipleChoiceField(
        label="Then the author must state", choices=DEMAND_CHOICES, widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, kept: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kept = kept or {}

    def clean_required(self) -> dict[str, int]:
        """Function -> number; what cannot be read is refused, never left out."""
        words: str = self.cleaned_data["required"]
        pairs = re.findall(r"([^\W\d]+(?:[ _-]+[^\W\d]+)*)\W*(\d+)", words.lower())
        found = {_FUNCTIONS.get(name.replace("-", " ").replace("_", " "), name): int(number) for name, number in pairs}
        rest = re.sub(r"[\W_]", "", re.sub(r"[^\W\d]+(?:[ _-]+[^\W\d]+)*\W*\d+", "", words.lower()))
        if rest or any(name not in Function.values for name in found):
            known = ", ".join(label.lower() for label in Function.labels)
            raise forms.ValidationError(f"Write functions with a number each, such as “finance 1”. There are: {known}.")
        return found

    def clean(self) -> dict[str, Any]:
        """What is said without a name would be left out unseen, so it is refused."""
        given: dict[str, Any] = super().clean() or {}
        if not given.get("name") and "name" in given and self.has_changed() and not self.kept:
            self.add_error("name", "Name the condition; people read in it why something is asked.")
        return given

    def condition(self) -> dict[str, Any] | None:
        """The condition as a policy holds it; without a name there is none."""
        given = self.cleaned_data
        if not given.get("name"):
            return None
        when = {name: given[name] for name in WHEN_FIELDS if _is_said(given.get(name))}
        then = {name: given[name] for name in THEN_FIELDS if _is_said(given.get(name)) and given[name] != 0}
        people = [*given["people"], *named_people(given["named"])]
        then |= {"required": given["required"]} if given["required"] else {}
        then |= {"people": people} if people else {}
        # What is asked to be not so (no sensitive attribute, for example) has no box; it stays as it was.
        denied = {
            name: False for name in _BOXES if (self.kept.get("when") or {}).get(name) is False and not given[name]
        }
        return {"name": given["name"], "when": {**denied, **when}, "then": then}


_BOXES = ("sensitive", "metadata_only", "bulk")
WHEN_FIELDS = (
    "members_moved_over", "members_moved_at_most", "share_moved_over", "share_moved_at_most", "revenue_moved_over",
    "revenue_moved_at_most", "relation", "kinds", "subject_types", *_BOXES,
)  # fmt: skip
THEN_FIELDS = ("light", "quorum", "outsiders", "notice_days", "due_days", "expires_days", "reject_on", "demands")


def _is_said(value: Any) -> bool:
    """Whether a field says anything; a zero does."""
    return value is not None and value is not False and value not in ("", [])


def condition_forms(board: Board | None, data: Any = None) -> list[ConditionForm]:
    """A form for each condition of the board, and an empty one for the next."""
    stood = list(board.policy.get("conditions") or ()) if board else []
    return [
        ConditionForm(data, prefix=f"condition{number}", kept=item, initial=_initial_condition(item))
        for number, item in enumerate([*stood, {}])
    ]


def _initial_condition(item: Mapping[str, Any]) -> dict[str, Any]:
    if not item:
        return {}
    then = dict(item["then"])
    required = ", ".join(f"{name} {number}" for name, number in (then.pop("required", None) or {}).items())
    return {"name": item["name"], **item["when"], **then, **people_initial(then), "required": required}


def add_refusal(form: forms.Form, conditions: Sequence[ConditionForm], refused: DomainError) -> None:
    """Put each part of a refusal beside the field that it is about, in the board's form or in that of a condition."""
    named = [each for each in conditions if each.cleaned_data.get("name")]
    for item in refused.errors:
        parts = (item.get("pointer") or "").strip("/").split("/")
        place = parts.index("conditions") + 1 if "conditions" in parts else 0
        number = int(parts[place]) if 0 < place < len(parts) and parts[place].isdecimal() else len(named)
        target: forms.Form = named[number] if number < len(named) else form
        target.add_error(_field_of(target, parts), item["detail"])


# Boxes cannot name somebody who is not there; and what is wrong with a condition as a whole stands by its name.
_STANDS_BY = {"people": "named", "when": "name", "then": "name"}


def _field_of(form: forms.Form, parts: Sequence[str]) -> str | None:
    """The field that a pointer leads to: its last part that the form has, as a function is a field of its own."""
    last_first = [_STANDS_BY.get(part, part) for part in reversed(parts)]
    names = [f"required_{part}" for part in parts] + last_first
    return next((name for name in names if name in form.fields), None)
