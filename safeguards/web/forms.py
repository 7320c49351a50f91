"""Forms of freezes."""

from typing import Any

from django import forms

from safeguards.choices import Scope


class FreezeForm(forms.Form):
    """What to stop, why, and until when at the latest."""

    scope = forms.ChoiceField(choices=Scope.choices, widget=forms.HiddenInput)
    key = forms.CharField(max_length=63, required=False, widget=forms.HiddenInput)
    reason = forms.CharField(max_length=500, help_text="Everybody whom it concerns is told this.")
    until = forms.DateTimeField(
        label="Until at the latest (UTC)",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="Empty: until somebody lifts it.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        scope = options.pop("scope", "")
        key = options.pop("key", "")
        if scope:
            options["initial"] = {"scope": scope, "key": key}
            options["auto_id"] = f"id_freeze_{scope}_%s"
        super().__init__(*args, **options)


class LiftForm(forms.Form):
    """Why it goes on."""

    reason = forms.CharField(label="Why it goes on", max_length=500)

    def __init__(self, *args: Any, freeze_id: int = 0, **options: Any) -> None:
        options["auto_id"] = f"id_lift_{freeze_id}_%s"
        super().__init__(*args, **options)
