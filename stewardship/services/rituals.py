"""Rituals and sessions: planned, changed, ended, held with notes and decisions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.selectors import people, user_by_username
from common.actors import SYSTEM, Actor
from common.clock import now
from common.texts import clean_text
from ledger.services import announce
from memberships.choices import Trigger
from memberships.services import request_run
from notifications.choices import Kind
from notifications.services import notify
from reviews.selectors import request_for
from stewardship.choices import OccurrenceType, RitualType
from stewardship.errors import InvalidUpkeep, NoSuchThing, NotReady
from stewardship.events import OccurrenceHeld, RitualPlanned, SessionPlanned
from stewardship.models import Escalation, Occurrence, Ritual
from stewardship.policies import UpkeepPolicy
from taxonomy.selectors import headings

_DECISIONS = 50
# People hear of a ritual so many days before it.
AHEAD_DAYS = 3


@transaction.atomic
def plan_ritual(
    *,
    actor: Actor,
    type_: str,
    name: str,
    every_days: int,
    next_on: date,
    owner: str,
    meeting: str = "",
    attendees: Sequence[str] = (),
    agenda: str = "",
    branch: str = "",
    ritual_id: int | None = None,
) -> Ritual:
    """Afterwards the ritual stands as described, a new one unless `ritual_id` names it.

    Refuses: `NotAllowed`; `NoSuchThing`; `NoSuchPerson`; `InvalidUpkeep`. Announces: `stewardship.ritual.planned`.
    """
    if ritual_id is None:
        UpkeepPolicy().require(actor, "plan")
        ritual = Ritual(created_at=now())
    else:
        ritual = locked_ritual(ritual_id)
        UpkeepPolicy().require(actor, "keep", ritual)
    if type_ not in RitualType.values:
        raise InvalidUpkeep(f"Choose a type among {', '.join(RitualType.values)}.", pointer="/type")
    if not 1 <= every_days <= 730:
        raise InvalidUpkeep("A ritual comes back after 1 to 730 days.", pointer="/every_days")
    if branch and branch not in headings([branch]):
        raise InvalidUpkeep(f"There is no segment “{branch[:63]}”.", pointer="/branch")
    ritual.type, ritual.every_days, ritual.next_on, ritual.branch = type_, every_days, next_on, branch
    ritual.name = clean_text(name, pointer="/name", max_length=120)
    ritual.meeting = clean_text(meeting, pointer="/meeting", max_length=60, required=False)
    ritual.agenda = clean_text(agenda, pointer="/agenda", max_length=4000, required=False, lines=True)
    ritual.owner, ritual.attendees = user_by_username(owner), usernames(attendees)
    ritual.save()
    deed = "planned" if ritual_id is None else "changed"
    announce(RitualPlanned(type=type_, ritual_id=ritual.pk, deed=deed), actor=actor)
    return ritual


@transaction.atomic
def end_ritual(*, actor: Actor, ritual_id: int) -> Ritual:
    """Afterwards the ritual comes no more; what was held stays.

    Refuses: `NoSuchThing`; `NotAllowed`; `NotReady` when it has ended. Announces: `stewardship.ritual.planned`.
    """
    ritual = locked_ritual(ritual_id)
    UpkeepPolicy().require(actor, "keep", ritual)
    ritual.ended_at = now()
    ritual.save(update_fields=["ended_at"])
    announce(RitualPlanned(type=ritual.type, ritual_id=ritual.pk, deed="ended"), actor=actor)
    return ritual


@transaction.atomic
def plan_session(
    *,
    actor: Actor,
    title: str,
    on: date,
    teams: Sequence[str],
    topics: str,
    attendees: Sequence[str] = (),
    segments: Sequence[str] = (),
) -> Occurrence:
    """Afterwards a joint planning session of at least two teams is planned; who attends was told.

    Refuses: `NotAllowed`; `NoSuchPerson`; `InvalidUpkeep`. Announces: `stewardship.session.planned`.
    """
    UpkeepPolicy().require(actor, "plan")
    named = list(dict.fromkeys(clean_text(team, pointer="/teams", max_length=80) for team in teams if team.strip()))
    if len(named) < 2:
        raise InvalidUpkeep("A joint session brings at least two teams together.", pointer="/teams")
    made = Occurrence.objects.create(
        type=OccurrenceType.PLANNING,
        title=clean_text(title, pointer="/title", max_length=120),
        on=on,
        teams=named,
        topics=clean_text(topics, pointer="/topics", max_length=4000, lines=True),
        attendees=usernames(attendees),
        segments=known_segments(segments),
        planned_by_id=actor.pk,
    )
    url = reverse("stewardship:occurrence", args=[made.pk])
    title = f"Joint planning on {on:%-d %B %Y}: {made.title}"
    key = f"session:{made.pk}:planned"
    notify(to=ids_of(made.attendees), kind=Kind.RITUAL, title=title, url=url, about=f"session:{made.pk}", key=key)
    announce(SessionPlanned(type=made.type, occurrence_id=made.pk), actor=actor)
    return made


@transaction.atomic
def hold_ritual(
    *,
    actor: Any,
    ritual_id: int,
    on: date,
    notes: str,
    decisions: Sequence[Mapping[str, Any]] = (),
    attendees: Sequence[str] = (),
) -> Occurrence:
    """Afterwards the ritual was held on that day, with notes and decisions, and its next date is a cadence later. A
    recalibration asks for a run of its branch, which it names.

    Refuses: `NoSuchThing`; `NotAllowed`; `NotReady` when it was held on that day or has ended; `InvalidUpkeep`.
    Announces: `stewardship.occurrence.held`; `memberships.run.requested` for a recalibration.
    """
    ritual = locked_ritual(ritual_id)
    UpkeepPolicy().require(actor, "hold", ritual)
    if on > now().date():
        raise InvalidUpkeep("That day has not come yet.", pointer="/on")
    checked = checked_decisions(actor, decisions)
    made = Occurrence(
        ritual=ritual,
        type=ritual.type,
        title=ritual.name,
        on=on,
        topics=ritual.agenda,
        attendees=usernames(attendees) or ritual.attendees,
        notes=clean_text(notes, pointer="/notes", max_length=20_000, lines=True),
        decisions=checked,
        segments=_about(checked, [ritual.branch] if ritual.branch else []),
        held_by_id=actor.pk,
        held_at=now(),
    )
    if ritual.type == RitualType.RECALIBRATION:
        made.run_id = _recalibrate(ritual)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise NotReady("This ritual was written down for that day already.") from None
    ritual.next_on = max(on, ritual.next_on) + timedelta(days=ritual.every_days)
    ritual.save(update_fields=["next_on"])
    _say_held(actor, made)
    return made


@transaction.atomic
def hold_session(
    *,
    actor: Any,
    occurrence_id: int,
    notes: str,
    decisions: Sequence[Mapping[str, Any]] = (),
) -> Occurrence:
    """Afterwards the session was held, with notes and decisions; once.

    Refuses: `NoSuchThing`; `NotAllowed`; `NotReady` when it was held; `InvalidUpkeep`.
    Announces: `stewardship.occurrence.held`.
    """
    found = Occurrence.objects.select_for_update(of=("self",)).filter(pk=occurrence_id).first()
    if found is None:
        raise NoSuchThing(f"There is no session {occurrence_id}.")
    UpkeepPolicy().require(actor, "hold", found)
    if found.held_at is not None:
        raise NotReady("What came of this session was written down already.")
    found.notes = clean_text(notes, pointer="/notes", max_length=20_000, lines=True)
    found.decisions = checked_decisions(actor, decisions)
    found.segments = _about(found.decisions, found.segments)
    found.held_by_id, found.held_at = actor.pk, now()
    found.save()
    _say_held(actor, found)
    return found


def remind_of_rituals() -> int:
    """Afterwards everybody who attends has been told of each ritual and session a few days before, and its owner once
    it is past; how many tellings were new. Recalibrations that are due ask for their run by themselves, once.

    Refuses: nothing. Announces: `memberships.run.requested` for a recalibration.
    """
    today = now().date()
    told = 0
    for ritual in Ritual.objects.filter(ended_at=None, next_on__lte=today + timedelta(days=AHEAD_DAYS)).order_by("pk"):
        told += _reminded(ritual, "ahead", {ritual.owner_id, *ids_of(ritual.attendees)})
        if ritual.next_on <= today and ritual.type == RitualType.RECALIBRATION:
            told += _reminded(ritual, "run", set())
        if ritual.next_on < today:
            told += _reminded(ritual, "past", {ritual.owner_id})
    return told


def _reminded(ritual: Ritual, stage: str, to: set[int]) -> bool:
    """Whether it was us who did it."""
    on, about = ritual.next_on, f"ritual:{ritual.pk}"
    words = f"was due {on:%-d %B %Y} and was not held" if stage == "past" else f"is on {on:%-d %B %Y}"
    try:
        with transaction.atomic():
            Escalation.objects.create(about=about, due_on=on, stage=stage, at=now())
            url = reverse("stewardship:ritual", args=[ritual.pk])
            title = f"{ritual.name} {words}"
            notify(to=to, kind=Kind.RITUAL, title=title, url=url, about=about, key=f"{about}:{on}:{stage}")
            if stage == "run":
                _recalibrate(ritual)
    except IntegrityError:
        return False
    return True


def _recalibrate(ritual: Ritual) -> int:
    keys = [ritual.branch] if ritual.branch else []
    run = request_run(actor=SYSTEM, trigger=Trigger.SCHEDULE, segment_keys=keys, reason=f"Recalibration: {ritual.name}")
    return int(run.pk)


def locked_ritual(ritual_id: int) -> Ritual:
    """The ritual, its row locked. Refuses: `NoSuchThing`; `NotReady` when it has ended."""
    ritual = Ritual.objects.select_for_update().filter(pk=ritual_id).first()
    if ritual is None:
        raise NoSuchThing(f"There is no ritual {ritual_id}.")
    if ritual.ended_at is not None:
        raise NotReady("This ritual has ended.")
    return ritual


def usernames(given: Iterable[str]) -> list[str]:
    """The user names of active people, each once. Refuses: `NoSuchPerson`."""
    return list(dict.fromkeys(user_by_username(name.strip()).get_username() for name in given if name.strip()))


def ids_of(names: Iterable[str]) -> set[int]:
    """The ids of the active people among these user names."""
    return set(people().filter(username__in=list(names)).values_list("pk", flat=True))


def known_segments(keys: Iterable[str]) -> list[str]:
    """The keys, each once. Refuses: `InvalidUpkeep` for one that no segment has."""
    wanted = list(dict.fromkeys(key.strip() for key in keys if key.strip()))
    known = headings(wanted) if wanted else {}
    for key in wanted:
        if key not in known:
            raise InvalidUpkeep(f"There is no segment “{key[:63]}”.", pointer="/segments")
    return wanted


def checked_decisions(actor: Any, given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Decisions as they are stored. Refuses: `InvalidUpkeep`; `RequestUnknown` for a request that is not open to the
    actor."""
    if len(given) > _DECISIONS:
        raise InvalidUpkeep(f"At most {_DECISIONS} decisions can be written down.", pointer="/decisions")
    return [_decision(actor, place, each) for place, each in enumerate(given)]


def _decision(actor: Any, place: int, given: Mapping[str, Any]) -> dict[str, Any]:
    request = given.get("request")
    if request is not None:
        if isinstance(request, bool) or not isinstance(request, int):
            raise InvalidUpkeep("A request is named by its number.", pointer=f"/decisions/{place}/request")
        request_for(viewer=actor, request_id=request)
    text = clean_text(str(given.get("text") or ""), pointer=f"/decisions/{place}/text", max_length=1000, lines=True)
    return {"text": text, "segments": known_segments(given.get("segments") or ()), "request": request}


def _about(decisions: Sequence[Mapping[str, Any]], more: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*more, *(key for each in decisions for key in each["segments"])]))


def _say_held(actor: Actor, made: Occurrence) -> None:
    fact = OccurrenceHeld(
        type=made.type, occurrence_id=made.pk, decisions=len(made.decisions), segments=list(made.segments)
    )
    announce(fact, actor=actor)
