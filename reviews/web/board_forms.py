"""Forms of boards: what they govern and ask for, their conditions in plain words, seats and who borrows one."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from accounts.choices import Function
from accounts.selectors import people
from reviews.choices import EXPIRES_DAYS, USUAL_TYPES, Kind, RejectOn, SubjectType
from reviews.conditions import PEOPLE, RELATIONS
from reviews.models import Board
from reviews.selectors.board_policy import DEMANDS

_DEMAND_CHOICES = [(name, name.replace("_", " ").capitalize()) for name in DEMANDS]
_RELATION_WORDS = {
    "no_effect": "It selects exactly the same (proved)",
    "narrower": "It selects fewer (proved)",
    "wider": "It selects more (proved)",
    "shifted": "It selects others (proved)",
    "unrelated": "It selects quite others (proved)",
}


class BoardForm(forms.Form):
    """A board as it shall stand; its conditions are forms of their own."""

    key = forms.CharField(max_length=63, help_text="Small letters, digits, - and _. It stays for good.")
    name = forms.CharField(max_length=120)
    description = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2}), required=False, help_text="What it cares about."
    )
    branches = forms.CharField(
        required=False,
        help_text="Keys of segments, separated by spaces; it decides there and below. Empty: everything.",
    )
    subject_types = forms.MultipleChoiceField(
        label="Decides about",
        choices=SubjectType.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=list(USUAL_TYPES),
    )
    quorum = forms.IntegerField(
        min_value=1, max_value=1000, initial=2, help_text="How many approvals in all. Nobody approves what they wrote."
    )
    reject_on = forms.ChoiceField(label="A rejection", choices=RejectOn.choices, initial=RejectOn.ANY)
    expires_days = forms.IntegerField(
        label="Days until a request expires", min_value=1, max_value=1000, initial=EXPIRES_DAYS
    )
    due_days = forms.IntegerField(
        label="Days until a decision is due",
        min_value=1,
        max_value=1000,
        required=False,
        help_text="Empty: no due date.",
    )
    notice_days = forms.IntegerField(
        label="Days of notice",
        min_value=0,
        max_value=1000,
        required=False,
        help_text="Between approval and effect. Empty: none.",
    )
    outsiders = forms.IntegerField(
        label="People from outside who must say yes", min_value=0, max_value=1000, required=False
    )
    people = forms.MultipleChoiceField(
        label="Must approve too",
        choices=[(name, words.capitalize()) for name, words in PEOPLE.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    demands = forms.MultipleChoiceField(
        label="The author must state", choices=_DEMAND_CHOICES, widget=forms.CheckboxSelectMultiple, required=False
    )
    rationale = forms.CharField(
        label="Why",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text="Where a board decides about boards, this becomes the reason of the request.",
    )

    def __init__(self, *args: Any, board: Board | None = None, **options: Any) -> None:
        if board is not None:
            options["initial"] = _initial(board)
        super().__init__(*args, **options)
        if board is not None:
            del self.fields["key"]
        self.kept_people = [rule for rule in (board.policy.get("people") or ()) if rule not in PEOPLE] if board else []
        for function, label in Function.choices:
            self.fields[f"required_{function}"] = forms.IntegerField(
                label=f"Approvals from {label.lower()}", min_value=0, max_value=1000, required=False
            )

    def arguments(self, conditions: list[dict[str, Any]]) -> dict[str, Any]:
        """Arguments for `define_board`."""
        given = self.cleaned_data
        required = {name: given[f"required_{name}"] for name in Function.values if given.get(f"required_{name}")}
        besides = {name: given[name] for name in ("due_days", "notice_days", "outsiders", "demands") if given.get(name)}
        named = [*given["people"], *self.kept_people]
        return {
            "name": given["name"],
            "description": given["description"],
            "branches": given["branches"].split(),
            "subject_types": given["subject_types"],
            "policy": {
                **{name: given[name] for name in ("quorum", "reject_on", "expires_days")},
                **besides,
                "required": required,
                "people": named,
                "conditions": conditions,
            },
        }


def _initial(board: Board) -> dict[str, Any]:
    plain = {name: getattr(board, name) for name in ("name", "description", "subject_types")}
    names = ("quorum", "reject_on", "expires_days", "due_days", "notice_days", "outsiders", "people", "demands")
    policy = {name: board.policy.get(name) for name in names}
    required = {f"required_{name}": number for name, number in board.policy["required"].items()}
    return {**plain, **policy, **required, "branches": " ".join(board.branches)}


class ConditionForm(forms.Form):
    """One condition: when it holds, and what it then asks for. Without a name there is none."""

    name = forms.CharField(label="Name", max_length=80, required=False, help_text="Empty: no such condition.")
    members_moved_over = forms.IntegerField(label="When more than so many members move", min_value=0, required=False)
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
    sensitive = forms.BooleanField(label="When it reads sensitive attributes", required=False)
    metadata_only = forms.BooleanField(label="When only name and description change", required=False)
    bulk = forms.BooleanField(label="When it changes many things at once", required=False)
    kinds = forms.MultipleChoiceField(
        label="When it asks to", choices=Kind.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    light = forms.BooleanField(
        label="This is a lighter path", required=False, help_text="It replaces what the board asks for otherwise."
    )
    quorum = forms.IntegerField(label="Then so many approvals", min_value=1, max_value=1000, required=False)
    required = forms.CharField(
        label="Then approvals from", required=False, help_text="For example: finance 1 privacy 1"
    )
    people = forms.MultipleChoiceField(
        label="Then the approval of",
        choices=[(name, words.capitalize()) for name, words in PEOPLE.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    outsiders = forms.IntegerField(label="Then people from outside", min_value=0, required=False)
    notice_days = forms.IntegerField(label="Then days of notice", min_value=0, required=False)
    demands = forms.MultipleChoiceField(
        label="Then the author must state", choices=_DEMAND_CHOICES, widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, kept: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kept = kept or {}

    def condition(self) -> dict[str, Any] | None:
        """The condition as a policy holds it; parts that the form does not show stay as they were."""
        given = self.cleaned_data
        if not given.get("name"):
            return None
        when = {name: given[name] for name in _WHEN if _is_said(given.get(name))}
        then = {name: given[name] for name in _THEN if _is_said(given.get(name)) and given[name] != 0}
        asked = {name: int(number) for name, number in re.findall(r"([a-z_]+)\D*?(\d+)", given["required"].lower())}
        hidden_when = {name: value for name, value in (self.kept.get("when") or {}).items() if name not in _WHEN}
        shown_then = {*_THEN, "required"}
        hidden_then = {name: value for name, value in (self.kept.get("then") or {}).items() if name not in shown_then}
        then = {**hidden_then, **then, **({"required": asked} if asked else {})}
        return {"name": given["name"], "when": {**hidden_when, **when}, "then": then}


_WHEN = (
    "members_moved_over", "share_moved_over", "share_moved_at_most", "revenue_moved_over", "relation", "sensitive",
    "metadata_only", "bulk", "kinds",
)  # fmt: skip
_THEN = ("light", "quorum", "people", "outsiders", "notice_days", "demands")


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
    required = " ".join(f"{name} {number}" for name, number in (then.pop("required", None) or {}).items())
    return {"name": item["name"], **item["when"], **then, "required": required}


class SeatForm(forms.Form):
    """A person who shall sit in a board."""

    username = forms.ChoiceField(label="Person")
    function = forms.ChoiceField(label="For", choices=Function.choices)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choose_person(self, "username")


class LendForm(forms.Form):
    """Who votes from a seat for a time."""

    holder = forms.CharField(widget=forms.HiddenInput, required=False)
    delegate = forms.ChoiceField(label="Lend it to")
    ends_on = forms.DateField(
        label="Until the end of", widget=forms.DateInput(attrs={"type": "date"}), help_text="92 days at most."
    )
    reason = forms.CharField(max_length=300, label="Why")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choose_person(self, "delegate")


def choose_person(form: forms.Form, field: str) -> None:
    """Give a choice field all active people."""
    listed = form.fields[field]
    assert isinstance(listed, forms.ChoiceField)  # noqa: S101  (declared above)
    listed.choices = [("", "Choose a person"), *((person.get_username(), str(person)) for person in people())]
