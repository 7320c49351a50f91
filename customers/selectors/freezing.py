"""Sources as things that can be frozen."""

from django.urls import reverse

from customers.models import Source
from safeguards.choices import Scope
from safeguards.selectors.targets import Target


def freeze_target(scope: str, key: str) -> Target | None:
    """The source with its steward; None for other kinds of things and for unknown keys."""
    source = Source.objects.filter(key=key).first() if scope == Scope.SOURCE else None
    if source is None:
        return None
    owners = frozenset({source.steward_id} if source.steward_id else ())
    return Target(scope, key, source.name, reverse("customers:source", args=[key]), owners)
