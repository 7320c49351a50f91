"""Forms of the insights' pages."""

from typing import Any

from django import forms

from insights.choices import Claim, ReportState
from insights.selectors import triagers
from insights.states import moves_from
from taxonomy.selectors import active_rules

_MOVES = {
    "accept": "Accept: the fault is real and will be mended",
    "refuse": "Refuse: the membership is right as it is",
    "fix": "Mark as fixed",
    "reopen": "Open it again",
}


class ReportForm(forms.Form):
    """What somebody finds wrong; the service judges it."""

    segment = forms.ChoiceField(label="Segment")
    claim = forms.ChoiceField(label="The customer", choices=Claim.choices, widget=forms.RadioSelect)
    why = forms.CharField(
        label="Why",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What you know that the data does not. It is kept with the report, not in the ledger.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["segment"]
        if isinstance(field, forms.ChoiceField):
            named = sorted(((rule.key, rule.name) for rule in active_rules()), key=lambda pair: pair[1].casefold())
            field.choices = [("", "Choose a segment"), *named]


class JudgeForm(forms.Form):
    """What becomes of a report."""

    move = forms.ChoiceField(label="What becomes of it", widget=forms.RadioSelect)
    answer = forms.CharField(
        label="Answer for whoever reported it",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A refusal must say why.",
    )

    def __init__(self, *args: Any, state: str, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["move"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(move, _MOVES[move]) for move in moves_from(state)]


class AssignForm(forms.Form):
    """Who is to judge a report."""

    person = forms.ChoiceField(label="To be judged by")

    def __init__(self, *args: Any, segment_key: str, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["person"]
        if isinstance(field, forms.ChoiceField):
            people = [(str(person.pk), person.display_name) for person in triagers(segment_key)]
            field.choices = [("", "Choose a person"), *people]


class QueueFilter(forms.Form):
    """Which reports to show; what does not fit is left out, never an error."""

    state = forms.ChoiceField(
        required=False,
        label="State",
        choices=[("unsettled", "Open or accepted"), *ReportState.choices, ("all", "Any state")],
    )
    segment = forms.ChoiceField(required=False, label="Segment")
    mine = forms.BooleanField(required=False, label="Given to me")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["segment"]
        if isinstance(field, forms.ChoiceField):
            named = sorted(((rule.key, rule.name) for rule in active_rules()), key=lambda pair: pair[1].casefold())
            field.choices = [("", "Any segment"), *named]

    def narrowing(self) -> dict[str, Any]:
        """What the selector shall look for."""
        self.is_valid()
        given = self.cleaned_data
        return {
            "state": given.get("state") or "unsettled",
            "segment_key": given.get("segment") or "",
            "mine": bool(given.get("mine")),
        }


class ActualForm(forms.Form):
    """What came of a prediction, by hand."""

    actual = forms.FloatField(label="What came", min_value=-1e15, max_value=1e15)
    evidence = forms.CharField(
        label="What it rests on",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The report, query or count that another person would find the same number in.",
    )


class VoidForm(forms.Form):
    """Why a prediction can no longer be measured."""

    reason = forms.CharField(
        label="Why it cannot be measured", max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class TraceForm(forms.Form):
    """One customer at one moment."""

    customer = forms.CharField(label="Customer", max_length=200)
    at = forms.DateTimeField(
        label="When the outcome came", required=False, help_text="UTC, as in 2026-11-22 14:30; empty: now."
    )
