"""Forms about people and tokens."""

from datetime import timedelta
from typing import Any, cast

from django import forms

from accounts.choices import Function, Role, Scope
from accounts.models import Token, User
from accounts.policies import TokenPolicy
from common.clock import now

_LIFETIMES = (("30", "30 days"), ("90", "90 days"), ("365", "a year"), ("", "does not expire"))


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(
        label="What is it for?", max_length=80, help_text="For example: nightly export to the mail tool."
    )
    scopes = forms.MultipleChoiceField(
        label="What may it do?",
        choices=Scope.choices,
        initial=[Scope.READ],
        widget=forms.CheckboxSelectMultiple,
        help_text="It can never do more than you may.",
    )
    lifetime = forms.ChoiceField(label="How long?", choices=_LIFETIMES, initial="90", required=False)

    def __init__(self, data: Any = None, *, person: User) -> None:
        super().__init__(data)
        if not TokenPolicy().can(person, "create", Token(user=person, scopes=[Scope.INGEST])):
            field = cast(forms.MultipleChoiceField, self.fields["scopes"])
            field.choices = [choice for choice in Scope.choices if choice[0] != Scope.INGEST]

    def arguments(self) -> dict[str, Any]:
        """Arguments for `create_token`."""
        days = self.cleaned_data["lifetime"]
        expires_at = now() + timedelta(days=int(days)) if days else None
        return {"name": self.cleaned_data["name"], "scopes": self.cleaned_data["scopes"], "expires_at": expires_at}


class PersonForm(forms.Form):
    """A new account."""

    username = forms.CharField(label="User name", max_length=150, help_text="What they sign in with.")
    display_name = forms.CharField(label="Name", max_length=120)
    email = forms.EmailField(label="E-mail", required=False)
    function = forms.ChoiceField(label="Function", choices=[("", "none"), *Function.choices], required=False)
    team = forms.CharField(label="Team", max_length=80, required=False)
    role = forms.ChoiceField(label="Role", choices=Role.choices, initial=Role.VIEWER)
    branch = forms.CharField(
        label="Over",
        max_length=63,
        required=False,
        help_text="Key of a segment; the role holds there and below. Empty: everything.",
    )
    password = forms.CharField(
        label="First password",
        widget=forms.PasswordInput,
        help_text="At least 12 characters. Give it to them in person.",
    )

    def arguments(self) -> dict[str, Any]:
        """Arguments for `create_user`."""
        given = dict(self.cleaned_data)
        given["roles"] = [(given.pop("role"), given.pop("branch"))]
        return given


class GrantForm(forms.Form):
    """A role over a branch."""

    role = forms.ChoiceField(label="Role", choices=Role.choices)
    branch = forms.CharField(
        label="Over", max_length=63, required=False, help_text="Key of a segment. Empty: everything."
    )
