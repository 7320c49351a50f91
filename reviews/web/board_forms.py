"""Forms of boards: what they govern and usually ask for, seats, and who borrows one."""

from collections.abc import Mapping
from typing import Any

from django import forms

from accounts.choices import Function
from accounts.selectors import people
from reviews.choices import EXPIRES_DAYS, USUAL_TYPES, RejectOn, SubjectType
from reviews.conditions import PEOPLE
from reviews.models import Board
from reviews.selectors.board_policy import DEMANDS

DEMAND_CHOICES = [(name, name.replace("_", " ").capitalize()) for name in DEMANDS]
_GROUPS = (
    ("The board", ("key", "name", "description", "branches", "subject_types", "escalates_to")),
    ("What it always asks for", ("quorum", "required_*", "people", "named", "outsiders", "demands")),
    ("How it decides", ("reject_on", "expires_days", "due_days", "notice_days", "tolerance")),
)


def named_people(words: str) -> list[str]:
    """User names, separated by spaces or commas, as the rules that name them; a policy checks that they are there."""
    return [f"user:{name}" for name in words.replace(",", " ").split()]


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
    named = forms.CharField(label="Must approve too, by user name", required=False, help_text="Separated by spaces.")
    demands = forms.MultipleChoiceField(
        label="The author must state", choices=DEMAND_CHOICES, widget=forms.CheckboxSelectMultiple, required=False
    )
    tolerance = forms.FloatField(
        label="How far the impact may be off",
        min_value=0,
        max_value=1,
        required=False,
        widget=forms.NumberInput(attrs={"step": "any"}),
        help_text="As a share of the members: 0.05 is 5%. An approved change whose impact is further off when it is to "
        "take effect goes back to the board. Empty: it is not counted again.",
    )
    escalates_to = forms.ChoiceField(
        label="What is overdue goes up to",
        required=False,
        help_text="Another board, told when nobody decides.",
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
        above = self.fields["escalates_to"]
        assert isinstance(above, forms.ChoiceField)  # noqa: S101  (declared above)
        others = Board.objects.exclude(pk=board.pk) if board else Board.objects.all()
        above.choices = [("", "Nobody, or as it was"), *others.values_list("key", "name")]
        for function, label in Function.choices:
            self.fields[f"required_{function}"] = forms.IntegerField(
                label=f"Approvals from {label.lower()}", min_value=0, max_value=1000, required=False
            )

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields by what they are about, for a page that is read from top to bottom."""
        functions = [name for name in self.fields if name.startswith("required_")]
        found = []
        for heading, names in _GROUPS:
            wanted = [each for name in names for each in (functions if name == "required_*" else [name])]
            found.append((heading, [self[name] for name in wanted if name in self.fields]))
        return found

    def arguments(self, conditions: list[dict[str, Any]]) -> dict[str, Any]:
        """Arguments for `define_board`."""
        given = self.cleaned_data
        required = {name: given[f"required_{name}"] for name in Function.values if given.get(f"required_{name}")}
        besides = {name: given[name] for name in ("due_days", "notice_days", "outsiders", "demands") if given.get(name)}
        if given.get("tolerance") is not None:
            besides["tolerance"] = given["tolerance"]
        named = [*given["people"], *named_people(given["named"])]
        return {
            "name": given["name"],
            "description": given["description"],
            "branches": given["branches"].split(),
            "subject_types": given["subject_types"],
            **({"escalates_to": given["escalates_to"]} if given["escalates_to"] else {}),
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
    names = ("quorum", "reject_on", "expires_days", "due_days", "notice_days", "outsiders", "demands", "tolerance")
    policy = {name: board.policy.get(name) for name in names} | people_initial(board.policy)
    plain["escalates_to"] = board.escalates_to.key if board.escalates_to else ""
    required = {f"required_{name}": number for name, number in board.policy["required"].items()}
    return {**plain, **policy, **required, "branches": " ".join(board.branches)}


def people_initial(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The people whom a policy or a condition asks: by rule, and by user name."""
    rules = list(asked.get("people") or ())
    named = " ".join(rule.removeprefix("user:") for rule in rules if rule not in PEOPLE)
    return {"people": [rule for rule in rules if rule in PEOPLE], "named": named}


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
