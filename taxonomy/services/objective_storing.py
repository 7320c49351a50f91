"""Writes an objective's checked content; shared by the direct definition and the enactment of an approved request."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.selectors import people, user_by_username
from common.actors import Actor
from common.clock import now
from common.errors import Conflict
from ledger.services import announce
from notifications.choices import Kind
from notifications.services import notify
from taxonomy.choices import ChangeWord
from taxonomy.events import ObjectiveDefined
from taxonomy.models import Objective


def held_objective(key: str) -> Objective | None:
    """The objective, its row locked until the commit."""
    return Objective.objects.select_for_update(of=("self",), no_key=True).filter(key=key).first()


def store_objective(
    *,
    actor: Actor,
    key: str,
    objective: Objective | None,
    content: Mapping[str, Any],
    change: ChangeWord,
    request_ref: str = "",
) -> Objective:
    """Write the checked content to the locked objective, or to a new one of that key, as its next version.

    Afterwards those whose function must sign the version have been asked to.
    Refuses: `Conflict` (born twice at once).
    Announces: `taxonomy.objective.defined`.
    """
    objective = objective or Objective(key=key, version=0)
    for field, value in _columns(content).items():
        setattr(objective, field, value)
    objective.version += 1
    objective.changed_at = now()
    objective._history_user = actor if actor.pk is not None else None  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            objective.save()
    except IntegrityError as taken:
        raise Conflict(f"Somebody has just defined the objective {key}. Read it first.", code="key_taken") from taken
    # Before the announcement: whoever holds the ledger's chain waits for nobody.
    ask_signers(objective)
    tell_objective(actor=actor, objective=objective, change=change, request_ref=request_ref)
    return objective


def tell_objective(*, actor: Actor, objective: Objective, change: ChangeWord, request_ref: str) -> None:
    """Announce what happened to the objective."""
    fact = ObjectiveDefined(
        objective_key=objective.key,
        objective_version=objective.version,
        change=change.value,
        request_ref=request_ref,
    )
    announce(fact, actor=actor)


def ask_signers(objective: Objective) -> None:
    """Tell the people of the functions that must sign this version."""
    wanted = people().filter(function__in=objective.signers).values_list("pk", flat=True)
    notify(
        to=list(wanted),
        kind=Kind.SIGNATURE_WANTED,
        title=f"Sign the objective “{objective.name}” for your function",
        body="It is not agreed until every function that it names has signed this version.",
        url=reverse("taxonomy:objective", args=[objective.key]),
        about=f"objective:{objective.key}",
        key=f"objective-signature:{objective.key}:{objective.version}",
    )


def _columns(content: Mapping[str, Any]) -> dict[str, Any]:
    """The checked content as the row's columns."""
    baseline = content["baseline"]
    return {
        **content,
        "baseline": None if baseline is None else Decimal(str(baseline)),
        "target": Decimal(str(content["target"])),
        "target_on": date.fromisoformat(content["target_on"]),
        "owner": user_by_username(content["owner"]),
    }
