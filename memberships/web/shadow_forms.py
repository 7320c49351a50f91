"""The form that starts a shadow."""

from django import forms

from memberships.services.shadows import LONGEST_DAYS


class ShadowForm(forms.Form):
    """What runs beside the rule in force, under which name, and for how long."""

    name = forms.CharField(max_length=120, label="Name")
    rule = forms.CharField(
        max_length=20_000, widget=forms.Textarea(attrs={"rows": 4, "class": "form-control"}), label="Rule"
    )
    days = forms.IntegerField(min_value=1, max_value=LONGEST_DAYS, label="Days")
