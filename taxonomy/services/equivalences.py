"""Joins the words of two functions: offered by one, agreed once a person of each has signed the same text."""

from typing import Any

from django.db import transaction

from accounts.choices import Function
from accounts.selectors import people
from common.clock import now
from common.errors import Conflict, Invalid, NotAllowed, Stale
from common.texts import clean_text
from ledger.services import announce
from notifications.services import notify
from taxonomy import events
from taxonomy.choices import DefinitionType, SegmentStatus
from taxonomy.errors import DefinitionUnknown, EquivalenceUnknown
from taxonomy.models import Definition, Equivalence
from taxonomy.selectors.equivalences import equivalence_url, refusal_to_change, refusal_to_sign, speakers_for

KINDS = ("equal", "hand_off")


@transaction.atomic
def offer_equivalence(
    *, actor: Any, left: str, right: str, left_function: str, right_function: str, kind: str, rule: str
) -> Equivalence:
    """The two words are joined by a text that nobody has signed yet; those whose signature is wanted are told.

    `left` and `right` are keys of terms, or `metric:key`. In a hand-off the left one becomes the right one.

    Refuses: `DefinitionUnknown`, `Invalid` (functions, kind, rule, the same word twice), `NotAllowed` (the actor speaks
    for neither function), `Conflict` (the two are joined already).
    Announces: `taxonomy.equivalence.offered`.
    """
    one, other = _word(left, "/left"), _word(right, "/right")
    if one == other:
        raise Invalid("Name two different words.", code="same_word", pointer="/right")
    functions = (_function(left_function, "/left_function"), _function(right_function, "/right_function"))
    if functions[0] == functions[1]:
        raise Invalid("Name two different functions.", code="same_function", pointer="/right_function")
    _require_change(actor, functions)
    if _joined(one, other):
        raise Conflict(
            f"{one.key} and {other.key} are joined already. Write that text anew, or end it.", code="joined_already"
        )
    made = Equivalence.objects.create(
        left=one,
        right=other,
        left_function=functions[0],
        right_function=functions[1],
        kind=_kind(kind),
        rule=_rule(rule),
        offered_by_id=actor.pk,
        offered_at=now(),
    )
    _tell_offer(made, actor)
    return made


@transaction.atomic
def rewrite_equivalence(*, actor: Any, equivalence_id: int, version: int, kind: str, rule: str) -> Equivalence:
    """The two words are joined by another text; whoever signed the text before has not signed this one.

    Refuses: `EquivalenceUnknown`, `Stale` (another version), `NotAllowed`, `Invalid` (kind, rule, nothing changed),
    `Conflict` (ended).
    Announces: `taxonomy.equivalence.offered`.
    """
    found = _held(equivalence_id)
    _require_change(actor, (found.left_function, found.right_function))
    _refuse_moved(found, version)
    wanted = (_kind(kind), _rule(rule))
    if wanted == (found.kind, found.rule):
        raise Invalid("Nothing differs from the text that stands.", code="nothing_changed", pointer="/rule")
    found.kind, found.rule = wanted
    found.version += 1
    found.offered_by_id, found.offered_at = actor.pk, now()
    found.left_signed_by = found.left_signed_at = found.right_signed_by = found.right_signed_at = None
    found.save()
    _tell_offer(found, actor)
    return found


@transaction.atomic
def sign_equivalence(*, actor: Any, equivalence_id: int, version: int, function: str) -> Equivalence:
    """The function agrees to this version of the text; with the other's signature the equivalence is agreed.

    Refuses: `EquivalenceUnknown`, `Stale` (the text was written anew), `NotAllowed` (not the actor's function, or the
    actor signed for the other one), `Conflict` (ended, signed by somebody else already).
    Announces: `taxonomy.equivalence.signed`; nothing when the same person has signed already.
    """
    found = _held(equivalence_id)
    side = {found.left_function: "left", found.right_function: "right"}.get(function)
    if side is None:
        _require_change(actor, (found.left_function, found.right_function))
        raise Invalid(
            f"{found.left_function} and {found.right_function} sign here.", code="unknown_function", pointer="/function"
        )
    is_own = getattr(found, f"{side}_signed_by_id") == actor.pk
    reason = None if is_own else refusal_to_sign(actor, found, function)
    if reason is not None:
        raise NotAllowed(reason)
    _refuse_moved(found, version)
    if is_own:
        return found
    if getattr(found, f"{side}_signed_by_id") is not None:
        raise Conflict(f"{getattr(found, f'{side}_signed_by')} has signed for this function already.", code="signed")
    setattr(found, f"{side}_signed_by_id", actor.pk)
    setattr(found, f"{side}_signed_at", now())
    found.save(update_fields=[f"{side}_signed_by", f"{side}_signed_at"])
    announce(events.EquivalenceSigned(**_about(found), function=function), actor=actor)
    return found


@transaction.atomic
def end_equivalence(*, actor: Any, equivalence_id: int, version: int, reason: str) -> Equivalence:
    """The two words are no longer joined; what was agreed stays readable.

    Refuses: `EquivalenceUnknown`, `Stale`, `NotAllowed`, `Invalid` (no reason), `Conflict` (ended already).
    Announces: `taxonomy.equivalence.ended`.
    """
    found = _held(equivalence_id)
    _require_change(actor, (found.left_function, found.right_function))
    _refuse_moved(found, version)
    why = clean_text(reason, pointer="/reason", max_length=600, lines=True)
    found.ended_at = now()
    found.save(update_fields=["ended_at"])
    announce(events.EquivalenceEnded(**_about(found), reason=why[:300]), actor=actor)
    return found


def _held(equivalence_id: int) -> Equivalence:
    found = (
        Equivalence.objects.select_for_update(of=("self",), no_key=True)
        .select_related("left", "right", "left_signed_by", "right_signed_by")
        .filter(pk=equivalence_id)
        .first()
    )
    if found is None:
        raise EquivalenceUnknown("There is no such equivalence.")
    return found


def _refuse_moved(found: Equivalence, version: int) -> None:
    if found.ended_at is not None:
        raise Conflict("This equivalence has ended. Offer a new one.", code="ended")
    if found.version != version:
        raise Stale(f"The text was written anew: it is at version {found.version}. Read it before you go on.")


def _word(name: Any, pointer: str) -> Definition:
    kind, _, key = str(name or "").rpartition(":")
    kind = kind or DefinitionType.TERM
    rows = Definition.objects.filter(type=kind, key=key).exclude(type=DefinitionType.GUIDELINE)
    found = rows.exclude(status=SegmentStatus.RETIRED).first() if "\x00" not in key else None
    if found is None:
        raise DefinitionUnknown(f"There is no word in use with the key {key[:63]}.", pointer=pointer)
    return found


def _function(value: Any, pointer: str) -> str:
    if value not in Function.values:
        raise Invalid(f"Choose one of: {', '.join(Function.values)}.", code="unknown_function", pointer=pointer)
    return str(value)


def _kind(value: Any) -> str:
    if value not in KINDS:
        raise Invalid(f"Choose one of: {', '.join(KINDS)}.", code="unknown_kind", pointer="/kind")
    return str(value)


def _rule(value: Any) -> str:
    return clean_text(value, pointer="/rule", max_length=4_000, lines=True)


def _require_change(actor: Any, functions: tuple[str, str]) -> None:
    reason = refusal_to_change(actor, functions)
    if reason is not None:
        raise NotAllowed(reason)


def _joined(one: Definition, other: Definition) -> bool:
    agreed = Equivalence.objects.filter(ended_at__isnull=True)
    return agreed.filter(left=one, right=other).exists() or agreed.filter(left=other, right=one).exists()


def _about(found: Equivalence) -> dict[str, Any]:
    return {
        "equivalence_id": found.pk,
        "equivalence_version": found.version,
        "left_key": found.left.key,
        "right_key": found.right.key,
        "left_function": found.left_function,
        "right_function": found.right_function,
    }


def _tell_offer(found: Equivalence, actor: Any) -> None:
    """Tell those who can sign, but whoever wrote the text; and the ledger."""
    wanted = speakers_for(found.left_function) | speakers_for(found.right_function)
    notify(
        to=people().filter(pk__in=wanted - {actor.pk}).values_list("pk", flat=True),
        kind="signature_wanted",
        title=f"Sign what joins “{found.left.key}” and “{found.right.key}”",
        url=equivalence_url(found),
        body=found.rule[:500],
        about=f"equivalence:{found.pk}",
        key=f"equivalence:{found.pk}:{found.version}",
    )
    announce(events.EquivalenceOffered(**_about(found)), actor=actor)
