"""What a page may offer to whom, for templates: `{% load roles %}`."""

from typing import Any

from django import template

from accounts.policies import has_role_anywhere

register = template.Library()


@register.filter
def holds(user: Any, roles: str) -> bool:
    """Whether the person holds one of the roles, named with spaces between, over anything at all."""
    return has_role_anywhere(user, *roles.split())
