"""Brings approved decisions about objectives into force. Only `reviews.subjects` may call these services."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from common.actors import Actor
from common.clock import now
from common.errors import Conflict, Invalid
from taxonomy.choices import ChangeWord
from taxonomy.errors import ObjectiveUnknown, StaleBase
from taxonomy.models import Objective
from taxonomy.selectors import versions_serving
from taxonomy.selectors.objective_content import checked_objective
from taxonomy.services.objective_storing import held_objective, store_objective, tell_objective

_WORDS = {"create": ChangeWord.DEFINED, "change": ChangeWord.CHANGED, "revert": ChangeWord.REVERTED}


@transaction.atomic
def enact_objective(
    *,
    actor: Actor,
    kind: str,
    key: str,
    content: Mapping[str, Any],
    base_version: int | None,
    request_ref: str,
) -> Objective:
    """The content is the objective's version in force; the functions that it names are asked to sign it.

    Refuses: `Invalid` (kind, content), `ObjectiveUnknown`, `StaleBase` when the version in force is not
    `base_version` (None: a new objective), `Conflict` (retired).
    Announces: `taxonomy.objective.defined`.
    """
    if kind not in _WORDS:
        raise Invalid(f"An objective cannot be enacted by “{kind}”.", code="unknown_kind", pointer="/kind")
    objective = _held_at(key, base_version)
    values = checked_objective(key, content)
    return store_objective(
        actor=actor, key=key, objective=objective, content=values, change=_WORDS[kind], request_ref=request_ref
    )


@transaction.atomic
def retire_objective(
    *, actor: Actor, key: str, base_version: int | None, successor_key: str | None, request_ref: str
) -> Objective:
    """The objective is out of use for good; readers and the segments that serve it are sent to its successor.

    Refuses: `ObjectiveUnknown`, `StaleBase`, `Conflict` (retired already; segments serve it and there is no
    successor), `Invalid` (the successor is not another objective in use).
    Announces: `taxonomy.objective.defined`.
    """
    objective = _held_at(key, base_version)
    if objective is None:
        raise ObjectiveUnknown(f"There is no objective with the key {key}.")
    objective.successor = successor_of(key, successor_key)
    objective.retired_at = objective.changed_at = now()
    objective._history_user = actor if actor.pk is not None else None  # type: ignore[attr-defined]
    objective.save()
    tell_objective(actor=actor, objective=objective, change=ChangeWord.RETIRED, request_ref=request_ref)
    return objective


def successor_of(key: str, successor_key: str | None) -> Objective | None:
    """The objective that takes over; refuses one that cannot, and none while segments serve the old one."""
    if successor_key:
        found = Objective.objects.filter(key=successor_key, retired_at__isnull=True).exclude(key=key).first()
        if found is None:
            raise Invalid(
                f"The successor {successor_key} must be another objective in use.",
                code="unknown_successor",
                pointer="/successor",
            )
        return found
    serving = [version.name for version in versions_serving(key)[:4]]
    if serving:
        raise Conflict(
            f"{', '.join(serving)} serve this objective. Name the objective that takes its place.", code="in_use"
        )
    return None


def _held_at(key: str, base_version: int | None) -> Objective | None:
    """The objective, locked, which must be as the decision was made about it."""
    objective = held_objective(key)
    if objective is not None and objective.retired_at is not None:
        raise Conflict(f"The objective {key} was retired; it can no longer be changed.", code="retired")
    stands_at = objective.version if objective else None
    if stands_at != base_version:
        raise StaleBase(
            f"The decision is about version {base_version or 'none'} of the objective {key}, which is now at "
            f"{stands_at or 'none'}. Look at what changed and propose again.",
            extra={"live_version": stands_at, "base_version": base_version},
        )
    return objective
