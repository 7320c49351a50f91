"""Signs objectives for the functions of the company."""

from typing import Any

from django.db import IntegrityError, transaction

from accounts.choices import Function
from common.clock import now
from common.errors import Conflict, Invalid, NotAllowed, Stale
from common.texts import clean_text
from ledger.services import announce
from taxonomy.choices import SignatureWord
from taxonomy.errors import ObjectiveUnknown
from taxonomy.events import ObjectiveSigned
from taxonomy.models import Objective, Signature
from taxonomy.selectors.governance import functions_of
from taxonomy.services.objective_storing import held_objective


@transaction.atomic
def sign_objective(*, actor: Any, key: str, function: str, version: int, note: str = "") -> Signature:
    """The function has agreed to that version of the objective, which is the present one.

    Refuses: `ObjectiveUnknown`, `Invalid` (the function does not sign this objective), `NotAllowed` (not the actor's
    function, or the actor signed for another one), `Stale` (another version is in force), `Conflict` (retired).
    Announces: `taxonomy.objective.signed`; nothing when the same person has signed already.
    """
    objective = _held(key)
    _require(actor, objective, function)
    if objective.version != version:
        raise Stale(f"“{objective.name}” is now at version {objective.version}. Read it again before you sign.")
    standing = objective.signatures.filter(objective_version=version, withdrawn_at__isnull=True)
    given = standing.filter(function=function).select_related("person").first()
    if given is not None:
        if given.person_id == actor.pk:
            return given
        raise Conflict(f"{given.person} has signed for {Function(function).label} already.", code="signed_already")
    if standing.filter(person_id=actor.pk).exists():
        raise NotAllowed("You signed this version for another function. A second person signs for this one.")
    text = clean_text(note, pointer="/note", max_length=600, required=False, lines=True)
    try:
        with transaction.atomic():
            signature = Signature.objects.create(
                objective=objective,
                objective_version=version,
                function=function,
                person_id=actor.pk,
                signed_at=now(),
                note=text,
            )
    except IntegrityError as taken:
        raise Conflict("Somebody has just signed for this function. Look again.", code="signed_already") from taken
    _tell(actor, objective, version, function, SignatureWord.SIGNED)
    return signature


@transaction.atomic
def withdraw_signature(*, actor: Any, key: str, function: str, reason: str) -> Signature:
    """The function no longer agrees; the objective is not agreed until somebody of it signs again.

    Refuses: `ObjectiveUnknown`, `NotAllowed` (not the actor's function), `Invalid` (no reason), `Conflict` (nothing
    is signed).
    Announces: `taxonomy.objective.signed`.
    """
    objective = _held(key)
    _require(actor, objective, function)
    why = clean_text(reason, pointer="/reason", max_length=600, lines=True)
    rows = objective.signatures.select_for_update(of=("self",)).filter(
        objective_version=objective.version, function=function, withdrawn_at__isnull=True
    )
    signature = rows.first()
    if signature is None:
        raise Conflict("Nobody has signed for this function, so there is nothing to withdraw.", code="not_signed")
    signature.withdrawn_at = now()
    signature.withdrawn_because = why
    signature.save(update_fields=["withdrawn_at", "withdrawn_because"])
    _tell(actor, objective, objective.version, function, SignatureWord.WITHDREW)
    return signature


def _held(key: str) -> Objective:
    objective = held_objective(key)
    if objective is None:
        raise ObjectiveUnknown(f"There is no objective with the key {key}.")
    if objective.retired_at is not None:
        raise Conflict(f"The objective {key} was retired; nobody signs it any more.", code="retired")
    return objective


def _require(actor: Any, objective: Objective, function: str) -> None:
    if function not in objective.signers:
        known = ", ".join(objective.signers)
        raise Invalid(f"{function} does not sign this objective. It wants: {known}.", pointer="/function")
    if not getattr(actor, "is_active", False) or actor.pk is None or function not in functions_of(actor):
        raise NotAllowed(
            f"You do not speak for {Function(function).label}. Somebody of that function, or who holds a seat for "
            "it in a board, can sign."
        )


def _tell(actor: Any, objective: Objective, version: int, function: str, change: SignatureWord) -> None:
    fact = ObjectiveSigned(
        objective_key=objective.key, objective_version=version, function=function, change=change.value
    )
    announce(fact, actor=actor)
