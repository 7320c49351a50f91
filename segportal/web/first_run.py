"""The first-run page of an empty portal: creates the first administrator."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.selectors import has_administrator
from accounts.services import create_first_administrator
from common.errors import Invalid
from common.web import add_errors


class FirstAdministrator(forms.Form):
    """Who administers the portal first."""

    username = forms.CharField(label="User name", max_length=150, help_text="What you sign in with.")
    display_name = forms.CharField(label="Your name", max_length=120, help_text="As colleagues know you.")
    password = forms.CharField(label="Password", widget=forms.PasswordInput, help_text="At least 12 characters.")


@login_not_required
def first_run(request: HttpRequest) -> HttpResponse:
    """Open only until somebody administers the portal."""
    if has_administrator():
        return redirect("account_login")
    form = FirstAdministrator(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            create_first_administrator(**form.cleaned_data)
        except Invalid as error:
            add_errors(form, error)
        else:
            messages.success(request, "You are the administrator now. Sign in to set up the rest.")
            return redirect("account_login")
    return render(request, "segportal/first_run.html", {"form": form}, status=422 if form.errors else 200)
