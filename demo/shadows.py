"""A candidate rule that runs in the shadow of a live one."""

from typing import Final

from accounts.selectors import user_by_username
from memberships.selectors.shadows import shadows_of
from memberships.services.shadows import start_shadow

BESIDE: Final = "anchor-households"
RULE: Final = "trips_90d >= 11 AND spend_365d >= 3000"
NAME: Final = "Eleven trips instead of thirteen"


def load_shadows() -> int:
    """Afterwards the candidate has begun to run; how many were started now."""
    if any(row.name == NAME for row in shadows_of(BESIDE)):
        return 0
    start_shadow(actor=user_by_username("ruth"), segment_key=BESIDE, rule=RULE, name=NAME, days=60)
    return 1
