"""Which of the data that a segment's rule rests on is overdue."""

from typing import Any

from common.errors import DomainError
from customers.selectors import Delivery, overdue_inputs
from taxonomy.selectors.lineages import grounds_in_force, line_of


def overdue_inputs_of(segment_key: str, *, viewer: Any) -> list[Delivery]:
    """The overdue sources of what the rule in force and those above it read; none for a segment without a rule."""
    try:
        line = line_of(segment_key, grounds_in_force(segment_key))
    except DomainError:
        return []
    return overdue_inputs({key for version in line for key in version.attribute_keys}, viewer=viewer)
