"""What a page may offer to whom, for templates: `{% load roles %}`."""

from typing import Any

from django import template

from accounts.policies import has_role_anywhere
from common.providers import providers

register = template.Library()


@register.filter
def holds(user: Any, roles: str) -> bool:
    """Whether the person holds one of the roles, named with spaces between, over anything at all."""
    return has_role_anywhere(user, *roles.split())


@register.filter
def proposes(user: Any) -> bool:
    """Whether there is anything that the person could propose; asked once for each request."""
    known = getattr(user, "_proposes", None)
    if known is None:
        known = any(refusal(user) is None for refusal in providers("PROPOSERS"))
        user._proposes = known
    return bool(known)
