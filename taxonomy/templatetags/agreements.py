"""How pages say whether an objective is agreed."""

from typing import Any

from django import template

from taxonomy.selectors import Agreement, agreement_of

register = template.Library()


@register.filter
def agreement(objective: Any) -> Agreement:
    """Who has signed the objective: {{ objective|agreement }} in other words than a yes or no."""
    return agreement_of(objective)
