"""Which tabs of a segment are offered to whom: `{% load segment_tabs %}`."""

from django import template
from django.template import Context

from customers.policies import CustomerPolicy

register = template.Library()


@register.simple_tag(takes_context=True)
def sees_customers(context: Context) -> bool:
    """Whether the page's reader may see who the customers are; nobody may where the page knows no reader.

    It reads the request itself, not its name in the context: the tabs are included with `only`.
    """
    request = getattr(context, "request", None)
    return request is not None and CustomerPolicy().can(request.user, "view")
