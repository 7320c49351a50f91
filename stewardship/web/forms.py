"""Forms of upkeep."""

from collections.abc import Mapping
from typing import Any

from django import forms

from accounts.selectors import people
from stewardship.choices import FindingState, Kept, RitualType, Severity
from stewardship.selectors.assessments import CRITERIA
from stewardship.selectors.names import segment_choices

_DATE = forms.DateInput(attrs={"type": "date"})


def _area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class PersonField(forms.ChoiceField):
    """One active person, by user name."""

    def __init__(self, **given: Any) -> None:
        super().__init__(choices=_persons, **given)


def _persons() -> list[tuple[str, str]]:
    return [("", "Choose a person"), *((each.get_username(), str(each)) for each in people())]


class PeopleField(forms.MultipleChoiceField):
    """Several active people, by user name."""

    def __init__(self, **given: Any) -> None:
        super().__init__(
            choices=lambda: _persons()[1:],
            required=False,
            widget=forms.SelectMultiple(attrs={"size": 6}),
            help_text="Hold Ctrl to choose several.",
            **given,
        )


class LinesField(forms.CharField):
    """One entry per line."""

    def __init__(self, **given: Any) -> None:
        super().__init__(widget=_area(given.pop("rows", 4)), **given)

    def clean(self, value: Any) -> list[str]:
        """The lines that hold something."""
        return [line.strip() for line in str(super().clean(value) or "").splitlines() if line.strip()]


class SegmentField(forms.ChoiceField):
    """One segment with all below it, or everything."""

    def __init__(self, **given: Any) -> None:
        super().__init__(choices=lambda: [("", "All segments"), *segment_choices()], required=False, **given)


class SegmentsField(forms.MultipleChoiceField):
    """Several segments."""

    def __init__(self, **given: Any) -> None:
        super().__init__(
            choices=segment_choices, required=False, widget=forms.SelectMultiple(attrs={"size": 8}), **given
        )


class HandOverForm(forms.Form):
    """Who shall answer for a segment from now on; empty: it stays."""

    data = PersonField(label="Data", required=False)  # type: ignore[assignment]
    definition = PersonField(label="Definition", required=False)
    outcome = PersonField(label="Outcome", required=False)
    reason = forms.CharField(max_length=2000, widget=_area(2))

    def __init__(self, *args: Any, present: Mapping[str, Any], **options: Any) -> None:
        super().__init__(*args, **options)
        for name, person in present.items():
            self.fields[name].help_text = f"Now {person}. Leave it empty to keep it so."

    def owners(self) -> dict[str, str]:
        """User names by what for."""
        return {name: self.cleaned_data[name] for name in ("data", "definition", "outcome") if self.cleaned_data[name]}


class ReviewForm(forms.Form):
    """Nothing to change, and why; with the three questions where there is something to say."""

    reason = forms.CharField(
        label="Reviewed, nothing to change, because", max_length=2000, widget=_area(), help_text="What you looked at."
    )
    messaging = forms.CharField(
        label="How does it influence what we say?", max_length=4000, required=False, widget=_area(2)
    )
    prioritisation = forms.CharField(
        label="How does it influence what comes first?", max_length=4000, required=False, widget=_area(2)
    )
    roadmap = forms.CharField(
        label="How does it influence the product roadmap?", max_length=4000, required=False, widget=_area(2)
    )
    minutes = forms.CharField(max_length=20_000, required=False, widget=_area(4))

    def arguments(self) -> dict[str, Any]:
        """Arguments for `record_review`."""
        names = ("messaging", "prioritisation", "roadmap", "minutes")
        answers = {name: self.cleaned_data[name] for name in names if self.cleaned_data[name]}
        return {"reason": self.cleaned_data["reason"], "answers": answers}


class CycleForm(forms.Form):
    """How often to look again."""

    days = forms.IntegerField(
        label="Days between two looks",
        min_value=1,
        max_value=1825,
        required=False,
        help_text="Empty: the usual number.",
    )


class AssessmentForm(forms.Form):
    """Three scores from 1 to 5, each with its reason."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, label in CRITERIA:
            self.fields[name] = forms.IntegerField(
                label=f"{label}, 1 to 5", min_value=1, max_value=5, help_text="1: not at all reflected; 5: fully."
            )
            self.fields[f"{name}_note"] = forms.CharField(label=f"{label}: why", max_length=1000, widget=_area(2))


class CampaignForm(forms.Form):
    """An audit."""

    name = forms.CharField(max_length=120)
    purpose = forms.CharField(max_length=500, required=False)
    types = forms.MultipleChoiceField(
        label="Look at", choices=Kept.choices, widget=forms.CheckboxSelectMultiple, initial=[Kept.SEGMENT]
    )
    branch = SegmentField(label="Segment", help_text="It and all below it.")
    sample = forms.IntegerField(
        label="How many",
        min_value=0,
        max_value=10_000,
        initial=0,
        help_text="So many of them, chosen by chance. 0: all.",
    )
    checklist = LinesField(label="Checklist, a question a line", max_length=9000, rows=6)
    owner = PersonField(label="Owner of the audit")
    auditor = PersonField(help_text="Somebody else: both sign it off.")
    due_on = forms.DateField(label="Due", widget=_DATE)


class ItemForm(forms.Form):
    """Yes or no to each question, with a note where it is no."""

    def __init__(self, *args: Any, checklist: list[str], answers: list[dict[str, Any]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.size = len(checklist)
        for place, question in enumerate(checklist):
            known = answers[place] if place < len(answers) else {}
            self.fields[f"ok_{place}"] = forms.ChoiceField(
                label=question,
                choices=[("yes", "Yes"), ("no", "No")],
                widget=forms.RadioSelect,
                initial={True: "yes", False: "no"}.get(known.get("ok", "")),
            )
            self.fields[f"note_{place}"] = forms.CharField(
                label="Note", max_length=1000, required=False, initial=known.get("note", "")
            )

    def answers(self) -> list[dict[str, Any]]:
        """What `answer_item` takes."""
        given = self.cleaned_data
        return [{"ok": given[f"ok_{n}"] == "yes", "note": given[f"note_{n}"]} for n in range(self.size)]


class FindingForm(forms.Form):
    """What is wrong, who mends it, until when."""

    text = forms.CharField(label="What is wrong", max_length=2000, widget=_area())
    severity = forms.ChoiceField(choices=Severity.choices, initial=Severity.MINOR)
    owner = PersonField(label="Who mends it")
    due_on = forms.DateField(label="By", widget=_DATE)


class SettleForm(forms.Form):
    """What became of a finding."""

    state = forms.ChoiceField(label="It is", choices=[each for each in FindingState.choices if each[0] != "open"])
    answer = forms.CharField(max_length=2000, widget=_area(2))
    request_id = forms.IntegerField(label="Change request", min_value=1, required=False)

    def __init__(self, *args: Any, finding_id: int = 0, **options: Any) -> None:
        self.finding_id = finding_id
        options["auto_id"] = f"id_finding_{finding_id}_%s"
        super().__init__(*args, **options)


class RitualForm(forms.Form):
    """A ritual as it shall stand."""

    type_ = forms.ChoiceField(label="Type", choices=RitualType.choices)
    name = forms.CharField(max_length=120)
    meeting = forms.CharField(
        label="Kind of meeting", max_length=60, required=False, help_text="Stand-up, round table …"
    )
    every_days = forms.IntegerField(label="Every … days", min_value=1, max_value=730, initial=90)
    next_on = forms.DateField(label="Next", widget=_DATE)
    owner = PersonField(label="Kept by")
    attendees = PeopleField(label="Who attends")
    agenda = forms.CharField(max_length=4000, required=False, widget=_area(4))
    branch = SegmentField(label="About", help_text="A segment and all below it.")


class SessionForm(forms.Form):
    """A joint planning session."""

    title = forms.CharField(max_length=120)
    on = forms.DateField(label="Day", widget=_DATE)
    teams = LinesField(label="Teams, one a line", max_length=2000, rows=3, help_text="At least two.")
    topics = forms.CharField(max_length=4000, widget=_area(4))
    attendees = PeopleField(label="Who attends")
    segments = SegmentsField(help_text="Which segments it is about. Hold Ctrl to choose several.")


class HoldForm(forms.Form):
    """What came of it: notes, and one decision a line."""

    on = forms.DateField(label="Held on", widget=_DATE, required=False)
    notes = forms.CharField(max_length=20_000, widget=_area(5))
    decisions = LinesField(
        max_length=9000,
        required=False,
        rows=4,
        help_text="One a line. A segment's key in brackets, like [new-households], or a request as #12 becomes a link.",
    )
