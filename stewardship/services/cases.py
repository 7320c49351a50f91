"""Alarms in the hands of people: opened, taken, answered, handed on, escalated in time, closed with a reason."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse

from common.actors import SYSTEM, Actor
from common.alarms import Alarm
from common.clock import now
from common.providers import providers
from common.texts import clean_text
from ledger.services import announce
from notifications.choices import Kind
from notifications.services import notify
from stewardship.choices import STAGE_HOURS, CaseState, Deed, Stage
from stewardship.errors import IllegalMove, InvalidUpkeep, NoSuchThing
from stewardship.events import CaseMoved
from stewardship.models import Case, CaseStep
from stewardship.policies import CasePolicy
from stewardship.selectors.cases import hands_of
from stewardship.states import after, next_stage

_LONGEST = 1000
_DEEDS = {"take": Deed.TAKEN, "answer": Deed.ANSWERED, "hand_on": Deed.HANDED, "close": Deed.CLOSED}


def look_for_alarms() -> int:
    """Afterwards every alarm that the apps hear has a case, once for ever, and cases whose alarm fell silent say so;
    how many cases are new. Twice at once does no harm.

    Refuses: nothing. Announces: `stewardship.case.moved` for each.
    """
    heard = [alarm for provider in providers("ALARMS") for alarm in provider()]
    known = set(Case.objects.filter(alarm__in=[alarm.key for alarm in heard]).values_list("alarm", flat=True))
    opened = sum(open_case(alarm) for alarm in heard if alarm.key not in known)
    _silent({alarm.key for alarm in heard})
    return opened


def open_case(alarm: Alarm) -> bool:
    """Afterwards the alarm has a case, and the stewards were told; whether it has it by us.

    Refuses: nothing. Announces: `stewardship.case.moved`, unless it had one.
    """
    at = now()
    try:
        with transaction.atomic():
            case = Case.objects.create(
                alarm=alarm.key,
                kind=alarm.kind,
                title=alarm.title[:300],
                advice=alarm.advice[:500],
                url=alarm.url[:300],
                segment_key=alarm.segment_key,
                opened_at=at,
                due_at=at + timedelta(hours=STAGE_HOURS[Stage.STEWARD]),
            )
            _note(case, Deed.OPENED, SYSTEM, "")
            _tell(case, hands_of(case).people)
            _say(case, Deed.OPENED, SYSTEM)
    except IntegrityError:
        return False
    return True


def _silent(heard: Iterable[str]) -> None:
    rows = Case.objects.exclude(state=CaseState.CLOSED).filter(gone_at=None).exclude(alarm__in=list(heard))
    for case_id in list(rows.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            case = _locked(case_id)
            if case.gone_at is None and case.state != CaseState.CLOSED:
                case.gone_at = now()
                case.save(update_fields=["gone_at"])
                _note(case, Deed.GONE, SYSTEM, "")


def escalate_overdue() -> int:
    """Afterwards every case whose time was over is with the next stage, which was told; behind the board it stays and
    is marked as late. How many moved. Twice at once does no harm.

    Refuses: nothing. Announces: `stewardship.case.moved` for each.
    """
    due = Case.objects.exclude(state=CaseState.CLOSED).filter(due_at__lte=now(), is_late=False).order_by("pk")
    return sum(_escalated(case_id) for case_id in list(due.values_list("pk", flat=True)))


@transaction.atomic
def _escalated(case_id: int) -> bool:
    case = _locked(case_id)
    if case.state == CaseState.CLOSED or case.is_late or case.due_at > now():
        return False
    stage = next_stage(case.stage)
    if stage is None:
        case.is_late = True
        case.save(update_fields=["is_late"])
        note = "Nobody closed it within any limit."
    else:
        _pass_on(case, stage)
        note = ""
    _note(case, Deed.ESCALATED, SYSTEM, note)
    _tell(case, hands_of(case).people)
    _say(case, Deed.ESCALATED, SYSTEM)
    return True


def _pass_on(case: Case, stage: str) -> None:
    case.stage, case.state, case.taker = stage, CaseState.OPEN, None
    case.due_at = now() + timedelta(hours=STAGE_HOURS[stage])
    case.save(update_fields=["stage", "state", "taker", "due_at"])


@transaction.atomic
def move_case(*, actor: Actor, case_id: int, move: str, note: str = "", is_false_alarm: bool = False) -> Case:
    """Afterwards the case was taken (the actor has it), answered (a note stands), handed on to the next stage, or
    closed with its reason. Everything stands among its steps.

    Refuses: `NoSuchThing`; `NotAllowed`; `IllegalMove`; `InvalidUpkeep` for an unknown move; `Invalid` without a note
    where there must be one. Announces: `stewardship.case.moved`.
    """
    case = _locked(case_id)
    CasePolicy().require(actor, "work", hands_of(case))
    if move not in _DEEDS:
        raise InvalidUpkeep(f"Choose one of: {', '.join(_DEEDS)}.", pointer="/move")
    state = after(case.state, move)
    stage = next_stage(case.stage)
    if state is None or (move == "hand_on" and stage is None):
        stands = f"{case.get_state_display().lower()}, with the {case.stage}"
        raise IllegalMove(f"This case is {stands}: that cannot be done now.")
    words = clean_text(note, pointer="/note", max_length=_LONGEST, required=move != "take", lines=True)
    case.state = state
    if move == "take":
        case.taker_id = actor.pk
    if move == "close":
        case.closed_by_id, case.closed_at, case.reason, case.is_false_alarm = actor.pk, now(), words, is_false_alarm
    case.save()
    _note(case, _DEEDS[move], actor, words)
    if move == "hand_on" and stage is not None:
        _pass_on(case, stage)
        _tell(case, hands_of(case).people)
    _say(case, _DEEDS[move], actor)
    return case


def _locked(case_id: int) -> Case:
    case = Case.objects.select_for_update().filter(pk=case_id).first()
    if case is None:
        raise NoSuchThing(f"There is no case {case_id}.")
    return case


def _note(case: Case, deed: Deed, actor: Actor, words: str) -> None:
    CaseStep.objects.create(case=case, deed=deed, stage=case.stage, by_id=actor.pk, at=now(), note=words)


def _tell(case: Case, people: Iterable[int]) -> None:
    notify(
        to=people,
        kind=Kind.ALERT,
        title=case.title[:200],
        url=reverse("stewardship:case", args=[case.pk]),
        body=case.advice,
        about=f"case:{case.pk}",
        key=f"case:{case.pk}:{case.stage}:{'late' if case.is_late else 'due'}",
        urgent=case.stage != Stage.STEWARD,
    )


def _say(case: Case, deed: Deed, actor: Actor) -> None:
    fact = CaseMoved(case_id=case.pk, kind=case.kind, segment_key=case.segment_key, deed=deed.value, stage=case.stage)
    announce(fact, actor=actor)
