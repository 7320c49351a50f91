"""Looking again at what stands: cycles, reviews with nothing to change, and those that are overdue."""

from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from common.actors import SYSTEM, Actor
from common.clock import now
from common.texts import clean_text
from ledger.services import announce
from memberships.selectors import size_of
from notifications.choices import Kind
from notifications.services import notify
from reviews.choices import SubjectType
from reviews.selectors.board_places import boards_of, seat_holders
from stewardship.errors import InvalidUpkeep
from stewardship.events import CycleSet, ReviewEscalated, SegmentAssessed, ThingReviewed
from stewardship.models import Assessment, Cycle, Escalation, Review
from stewardship.policies import UpkeepPolicy
from stewardship.selectors.assessments import CRITERIA
from stewardship.selectors.kept import Thing, thing, things

QUESTIONS = ("messaging", "prioritisation", "roadmap")
# Days after the due date at which the board is told, too.
BOARD_AFTER_DAYS = 14


@transaction.atomic
def set_cycle(*, actor: Actor, type_: str, key: str, days: int | None) -> Thing:
    """Afterwards the thing is looked at again every so many days; None brings the usual number back.

    Refuses: `NoSuchThing`; `NotAllowed`; `InvalidUpkeep`. Announces: `stewardship.cycle.set`.
    """
    found = thing(type_, key)
    UpkeepPolicy().require(actor, "review", found)
    if days is not None and not 1 <= days <= 1825:
        raise InvalidUpkeep("A cycle has from 1 to 1,825 days.", pointer="/days")
    if days is None:
        Cycle.objects.filter(type=type_, key=key).delete()
    else:
        made = {"days": days, "set_by_id": actor.pk, "set_at": now()}
        Cycle.objects.update_or_create(type=type_, key=key, defaults=made)
    announce(CycleSet(type=type_, key=key, days=days or 0), actor=actor)
    return thing(type_, key)


@transaction.atomic
def record_review(*, actor: Actor, type_: str, key: str, reason: str, answers: dict[str, str] | None = None) -> Review:
    """Afterwards the thing counts as looked at today, with nothing to change, for the reason given. `answers` may hold
    the three questions (messaging, prioritisation, roadmap) and minutes.

    Refuses: `NoSuchThing`; `NotAllowed`; `Invalid` without a reason or with unknown answers.
    Announces: `stewardship.thing.reviewed`.
    """
    found = thing(type_, key)
    UpkeepPolicy().require(actor, "review", found)
    given = answers or {}
    if unknown := given.keys() - {*QUESTIONS, "minutes"}:
        raise InvalidUpkeep(f"There is no answer “{sorted(unknown)[0][:40]}”.", pointer="/answers")
    words = {
        name: clean_text(given.get(name, ""), pointer=f"/{name}", max_length=longest, required=False, lines=True)
        for name, longest in (*((each, 4000) for each in QUESTIONS), ("minutes", 20_000))
    }
    made = Review.objects.create(
        type=type_,
        key=key,
        version_number=found.version_number,
        by_id=actor.pk,
        at=now(),
        reason=clean_text(reason, pointer="/reason", max_length=2000, lines=True),
        **words,
    )
    fact = ThingReviewed(type=type_, key=key, review_id=made.pk, version_number=found.version_number)
    announce(fact, actor=actor)
    return made


@transaction.atomic
def assess_segment(*, actor: Actor, key: str, scores: dict[str, Any]) -> Assessment:
    """Afterwards an assessment of the segment stands: for each of journeys, fit and competition a score from 1 to 5
    and, under `..._note`, why.

    Refuses: `NoSuchThing`; `NotAllowed`; `InvalidUpkeep`. Announces: `stewardship.segment.assessed`.
    """
    found = thing("segment", key)
    UpkeepPolicy().require(actor, "assess", found)
    checked: dict[str, Any] = {}
    for name, label in CRITERIA:
        score = scores.get(name)
        if isinstance(score, bool) or not isinstance(score, int) or not 1 <= score <= 5:
            raise InvalidUpkeep(f"{label}: give a whole number from 1 (not at all) to 5 (fully).", pointer=f"/{name}")
        note = scores.get(f"{name}_note", "")
        checked[name] = score
        checked[f"{name}_note"] = clean_text(note, pointer=f"/{name}_note", max_length=1000, lines=True)
    made = Assessment.objects.create(
        segment_key=key,
        version_number=found.version_number,
        by_id=actor.pk,
        at=now(),
        size=size_of(key).size,
        **checked,
    )
    points = {name: checked[name] for name, _ in CRITERIA}
    announce(SegmentAssessed(type="segment", key=key, **points), actor=actor)
    return made


def escalate_reviews() -> int:
    """Afterwards the owners of everything overdue have been told once per due date, and two weeks later the board; how
    many tellings were new. Twice at once does no harm.

    Refuses: nothing. Announces: `stewardship.review.escalated` for each.
    """
    today = now().date()
    told = 0
    overdue = [each for each in things() if each.is_overdue]
    boards = boards_of({f"{each.type}:{each.key}": each.path for each in overdue}, SubjectType.SEGMENT)
    for each in overdue:
        told += _escalated(each, "owner", set(each.owner_ids))
        board = boards[f"{each.type}:{each.key}"]
        if board is not None and (today - each.review_by).days >= BOARD_AFTER_DAYS:
            told += _escalated(each, "board", seat_holders(board.key))
    return told


def _escalated(each: Thing, stage: str, people: set[int]) -> bool:
    """Whether it was us who told them."""
    about = f"{each.type}:{each.key}"
    try:
        with transaction.atomic():
            Escalation.objects.create(about=about, due_on=each.review_by, stage=stage, at=now())
            notify(
                to=people,
                kind=Kind.REVIEW_DUE,
                title=f"{each.title}: the review was due {each.review_by:%-d %B %Y}"[:200],
                url=reverse("stewardship:review", args=[each.type, each.key]),
                about=about,
                key=f"review:{about}:{each.review_by}:{stage}",
                urgent=stage == "board",
            )
            announce(ReviewEscalated(type=each.type, key=each.key, stage=stage), actor=SYSTEM)
    except IntegrityError:
        return False
    return True
