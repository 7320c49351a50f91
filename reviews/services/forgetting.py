"""Forgets erased customers in what was once put before a board."""

from django.db import transaction

from customers.selectors import ordinals_of
from reviews.models import Impact


@transaction.atomic
def forget_erased_customers() -> int:
    """Afterwards no impact record names a customer who is no longer there; what was signed stays as it was.

    Refuses: nothing.
    Announces: nothing; returns how many records lost a name.
    """
    impacts = list(Impact.objects.select_for_update(no_key=True).exclude(samples={}).order_by("pk"))
    named = {one for impact in impacts for found in impact.samples.values() for one in found}
    known = ordinals_of(sorted(named))
    changed = 0
    for impact in impacts:
        kept = {name: [one for one in found if one in known] for name, found in impact.samples.items()}
        if kept != impact.samples:
            Impact.objects.filter(pk=impact.pk).update(samples=kept)
            changed += 1
    return changed
