"""Carries out what a form asks; a refusal goes onto the form."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest

from common.errors import DomainError, NotAllowed, NotFound
from common.web import add_errors


def carried(form: forms.Form, deed: Callable[[], Any]) -> Any:
    """What the deed made, or None where the form is not sound or the deed was refused; then the form says why."""
    if not form.is_valid():
        return None
    try:
        return deed()
    except (NotAllowed, NotFound):
        raise
    except DomainError as refused:
        add_errors(form, refused)
        return None


def actor_of(request: HttpRequest) -> Any:
    """Whoever is signed in; pages are open to nobody else."""
    return request.user
