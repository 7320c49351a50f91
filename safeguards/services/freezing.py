"""Stops a segment, a source or all activation, and lets it go on."""

from datetime import datetime

from django.db import IntegrityError, transaction

from common.actors import SYSTEM, Actor
from common.clock import now
from common.texts import clean_text
from ledger.services import announce
from notifications.choices import Kind
from notifications.services import notify
from safeguards.errors import FrozenAlready, InvalidFreeze, LiftedAlready, NoSuchFreeze
from safeguards.events import FreezeBegun, FreezeLifted
from safeguards.models import Freeze
from safeguards.policies import FreezePolicy
from safeguards.selectors import Target, target_of, watchers_of
from safeguards.services.gate import shut_gate

LONGEST_REASON = 500
ENDED = "Its time was over."


@transaction.atomic
def freeze(*, actor: Actor, scope: str, key: str = "", reason: str, until: datetime | None = None) -> Freeze:
    """Afterwards it stands still: nothing that this call did not already find committed moves it any more. Whoever
    answers for it, decides about it or audits is told.

    Refuses: `NotAllowed`; `NoSuchFreeze` for what does not exist; `InvalidFreeze` without a reason or with an end that
    is over; `FrozenAlready`. Announces: `safeguards.freeze.begun`.
    """
    target = target_of(scope, key)
    FreezePolicy().require(actor, "freeze", target)
    why = clean_text(reason, pointer="/reason", max_length=LONGEST_REASON)
    if until is not None and until <= now():
        raise InvalidFreeze("The end lies in the past. Leave it empty to freeze until somebody lifts it.")
    shut_gate()
    # After the wait: what was published meanwhile belongs to before.
    at = now()
    try:
        with transaction.atomic():
            made = Freeze.objects.create(scope=scope, key=key, reason=why, by_id=actor.pk, at=at, until=until)
    except IntegrityError:
        raise FrozenAlready(f"{target.title} is frozen already. See who froze it, and why, at the freezes.") from None
    _tell(target, made.pk, "begun", f"{target.title} is frozen", f"{actor.display_name}: {why}")
    announce(FreezeBegun(freeze_id=made.pk, scope=scope, key=key), actor=actor)
    return made


@transaction.atomic
def lift(*, actor: Actor, freeze_id: int, reason: str) -> Freeze:
    """Afterwards it goes on; what waited meanwhile is caught up with by the tasks that consume the fact.

    Refuses: `NoSuchFreeze`; `NotAllowed`; `Invalid` without a reason; `LiftedAlready`.
    Announces: `safeguards.freeze.lifted`.
    """
    found = Freeze.objects.filter(pk=freeze_id).first()
    if found is None:
        raise NoSuchFreeze(f"There is no freeze {freeze_id}.")
    target = target_of(found.scope, found.key)
    FreezePolicy().require(actor, "lift", target)
    why = clean_text(reason, pointer="/reason", max_length=LONGEST_REASON)
    shut_gate()
    if not _lifted(found, target, actor, why):
        raise LiftedAlready("This freeze was lifted already.")
    return found


def lift_ended() -> int:
    """Afterwards no freeze stands past its end; how many were lifted now. Twice at once does no harm.

    Refuses: nothing. Announces: `safeguards.freeze.lifted` for each.
    """
    ended = Freeze.objects.filter(lifted_at=None, until__lte=now()).order_by("pk")
    return sum(_end(found) for found in ended)


@transaction.atomic
def _end(found: Freeze) -> bool:
    target = target_of(found.scope, found.key)
    shut_gate()
    return _lifted(found, target, SYSTEM, ENDED)


def _lifted(found: Freeze, target: Target, actor: Actor, why: str) -> bool:
    """Whether it was us who lifted it: one UPDATE must hit the row."""
    at = now()
    rows = Freeze.objects.filter(pk=found.pk, lifted_at=None)
    if not rows.update(lifted_at=at, lifted_by_id=actor.pk, lift_reason=why):
        return False
    found.refresh_from_db()
    _tell(target, found.pk, "lifted", f"{target.title} goes on: the freeze is lifted", f"{actor.display_name}: {why}")
    fact = FreezeLifted(freeze_id=found.pk, scope=found.scope, key=found.key, is_ended=actor is SYSTEM)
    announce(fact, actor=actor)
    return True


def _tell(target: Target, freeze_id: int, deed: str, title: str, body: str) -> None:
    """Tell everybody whom it concerns, at once."""
    about = f"{target.scope}:{target.key}"
    key = f"freeze:{freeze_id}:{deed}"
    people = watchers_of(target)
    notify(to=people, kind=Kind.FREEZE, title=title, url=target.url, body=body, about=about, key=key, urgent=True)
