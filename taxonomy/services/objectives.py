"""Defines objectives directly, as long as no board decides about them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from common.actors import Actor
from common.errors import Conflict
from common.keys import check_key
from taxonomy import policies
from taxonomy.choices import ChangeWord
from taxonomy.errors import StaleBase
from taxonomy.models import Objective
from taxonomy.selectors.governance import refuse_while_governed
from taxonomy.selectors.objective_content import checked_objective
from taxonomy.services.objective_storing import held_objective, store_objective


@transaction.atomic
def define_objective(
    *, actor: Actor, key: str, content: Mapping[str, Any], base_version: int | None = None
) -> Objective:
    """The objective stands as written: new, or changed with its history kept; the signatures of before are void.

    With `base_version` it counts only while the objective is still at that version; 0: while there is none. Numbers
    come as numbers or text, the date as a date or YYYY-MM-DD, the owner as a user name.

    Refuses: `Invalid` (with a pointer for each fault), `NotAllowed`, `Governed` (a board decides about objectives),
    `StaleBase`, `Conflict` (born twice at once, retired).
    Announces: `taxonomy.objective.defined`.
    """
    check_key(key)
    objective = held_objective(key)
    policies.objectives.require(actor, "define", objective)
    refuse_while_governed("objective", "objectives")
    stands_at = objective.version if objective else 0
    if base_version is not None and stands_at != base_version:
        happened = "was changed meanwhile" if base_version else "exists already"
        raise StaleBase(f"The objective {key} {happened}. Read it and repeat your change.", pointer="/key")
    if objective is not None and objective.retired_at is not None:
        raise Conflict(f"The objective {key} was retired and cannot be changed. Define a new one.", code="retired")
    change = ChangeWord.DEFINED if objective is None else ChangeWord.CHANGED
    values = checked_objective(key, content)
    return store_objective(actor=actor, key=key, objective=objective, content=values, change=change)
