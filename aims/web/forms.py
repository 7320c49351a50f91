"""Forms of the pages of aims."""

from django import forms

from aims.choices import EffortKind


class ReleaseForm(forms.Form):
    """An announcement; what has changed is added by the portal."""

    title = forms.CharField(max_length=120, help_text="What is new, in a few words.")
    vision = forms.CharField(
        label="Vision",
        widget=forms.Textarea(attrs={"rows": 10}),
        max_length=20_000,
        help_text="Markdown. Where we want to go, and why these segments help us to get there.",
    )


class EffortForm(forms.Form):
    """What was spent on a segment in a period; the service judges the values."""

    kind = forms.ChoiceField(label="What was spent", choices=EffortKind.choices)
    amount = forms.DecimalField(label="How much", min_value=0)
    unit = forms.CharField(label="Currency", max_length=16, required=False, help_text="For money; USD when empty.")
    starts_on = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    ends_on = forms.DateField(label="Until", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    what = forms.CharField(label="On what", max_length=300)


class ActualForm(forms.Form):
    """Where the metric stood on a day, and how that is known."""

    value = forms.DecimalField(label="Actual")
    on = forms.DateField(label="On", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    evidence = forms.CharField(
        label="Evidence", max_length=600, widget=forms.Textarea(attrs={"rows": 2}), help_text="From which data, how."
    )
