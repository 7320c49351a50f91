"""Markdown in templates."""

from django import template
from django.utils.safestring import SafeString

from common.markdown import render

register = template.Library()


@register.filter
def markdown(text: str | None) -> SafeString:
    """Safe HTML of a Markdown text."""
    return render(text or "")
