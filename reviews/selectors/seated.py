"""Who sits for a function in any board."""

from reviews.models import Seat


def seated_for(function: str) -> frozenset[int]:
    """The ids of the people who hold a seat of the function now."""
    return frozenset(Seat.objects.filter(function=function, until__isnull=True).values_list("user_id", flat=True))
