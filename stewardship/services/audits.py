"""Audits: opened with their items, answered, findings raised and settled, signed off by two people."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts.selectors import user_by_username
from common.actors import Actor
from common.clock import now
from common.digests import digest_of
from common.texts import clean_text
from ledger.services import announce
from notifications.choices import Kind
from notifications.services import notify
from reviews.selectors import request_for
from stewardship.choices import CampaignState, FindingState, Kept, Severity
from stewardship.errors import ClosedAudit, FourEyes, InvalidUpkeep, NoSuchThing, NotReady
from stewardship.events import AuditClosed, AuditOpened, AuditSigned, FindingRaised, FindingSettled, ItemAnswered
from stewardship.models import AuditItem, Campaign, Finding
from stewardship.policies import AuditPolicy
from stewardship.selectors.audits import campaign_for, report_of
from stewardship.selectors.kept import Thing, things

_QUESTIONS = 30


@transaction.atomic
def open_campaign(
    *,
    actor: Actor,
    name: str,
    owner: str,
    auditor: str,
    due_on: date,
    checklist: Sequence[str],
    purpose: str = "",
    branch: str = "",
    types: Sequence[str] = (Kept.SEGMENT,),
    sample: int = 0,
) -> Campaign:
    """Afterwards an audit is open with an item for everything in force of these types below the branch (all where none
    is named), or for a sample of so many, which depends on the day and the keys alone. Who answers for a thing has its
    item, and was told.

    Refuses: `NotAllowed`; `NoSuchPerson`; `FourEyes`; `InvalidUpkeep`. Announces: `stewardship.audit.opened`.
    """
    AuditPolicy().require(actor, "open")
    keeper, checker = user_by_username(owner), user_by_username(auditor)
    if keeper.pk == checker.pk:
        raise FourEyes("The owner of an audit and its auditor are two people.", pointer="/auditor")
    if due_on < now().date():
        raise InvalidUpkeep("The day by which it is due has passed.", pointer="/due_on")
    questions = _questions(checklist)
    chosen = _chosen(branch, types, sample)
    made = Campaign.objects.create(
        name=clean_text(name, pointer="/name", max_length=120),
        purpose=clean_text(purpose, pointer="/purpose", max_length=500, required=False),
        branch=branch,
        types=list(dict.fromkeys(types)),
        sample=sample,
        checklist=questions,
        owner=keeper,
        auditor=checker,
        opened_by_id=actor.pk,
        opened_at=now(),
        due_on=due_on,
    )
    items = [_item(made, each) for each in chosen]
    AuditItem.objects.bulk_create(items)
    _tell(made, {item.assignee_id for item in items} | {keeper.pk, checker.pk})
    announce(AuditOpened(campaign_id=made.pk, items=len(items)), actor=actor)
    return made


def _questions(given: Sequence[str]) -> list[str]:
    found = [clean_text(text, pointer="/checklist", max_length=300) for text in given if text.strip()]
    if not found or len(found) > _QUESTIONS:
        raise InvalidUpkeep(f"A checklist has from 1 to {_QUESTIONS} questions.", pointer="/checklist")
    return list(dict.fromkeys(found))


def _chosen(branch: str, types: Sequence[str], sample: int) -> list[Thing]:
    if not types or set(types) - set(Kept.values):
        raise InvalidUpkeep(f"Choose types among {', '.join(Kept.values)}.", pointer="/types")
    found = [each for each in things(*types) if not branch or branch in each.path]
    if not found:
        raise InvalidUpkeep("Nothing of these types is in force there.", pointer="/branch")
    if sample:
        day = now().date().isoformat()
        found = sorted(found, key=lambda each: digest_of([day, each.type, each.key]))[:sample]
    return found


def _item(campaign: Campaign, each: Thing) -> AuditItem:
    """Whoever answers for it looks at it, but never as the auditor of their own."""
    able = sorted(each.owner_ids - {campaign.auditor_id})
    return AuditItem(
        campaign=campaign,
        type=each.type,
        key=each.key,
        title=each.title[:200],
        version_number=each.version_number,
        assignee_id=able[0] if able else campaign.owner_id,
    )


def _tell(campaign: Campaign, people: set[int]) -> None:
    notify(
        to=people,
        kind=Kind.FINDING,
        title=f"Audit “{campaign.name}” has begun; it is due {campaign.due_on:%-d %B %Y}",
        url=reverse("stewardship:audit", args=[campaign.pk]),
        about=f"audit:{campaign.pk}",
        key=f"audit:{campaign.pk}:opened",
    )


@transaction.atomic
def answer_item(*, actor: Actor, item_id: int, answers: Sequence[Mapping[str, Any]]) -> AuditItem:
    """Afterwards the item is done: for each question of the checklist, in its order, `ok` and a note, which must be
    there where it is not.

    Refuses: `NoSuchThing`; `NotAllowed`; `ClosedAudit`; `InvalidUpkeep`. Announces: `stewardship.audit.answered`.
    """
    item = _open_item(item_id)
    AuditPolicy().require(actor, "answer", item)
    questions = item.campaign.checklist
    if len(answers) != len(questions):
        raise InvalidUpkeep(f"Answer all {len(questions)} questions.", pointer="/answers")
    item.answers = [_answer(*pair) for pair in zip(range(len(questions)), questions, answers, strict=True)]
    item.done_by_id, item.done_at = actor.pk, now()
    item.save(update_fields=["answers", "done_by", "done_at"])
    announce(ItemAnswered(campaign_id=item.campaign_id, type=item.type, key=item.key), actor=actor)
    return item


def _answer(place: int, question: str, given: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(given.get("ok"), bool):
        raise InvalidUpkeep(f"Say yes or no: {question}", pointer=f"/answers/{place}/ok")
    pointer = f"/answers/{place}/note"
    note = clean_text(
        str(given.get("note") or ""), pointer=pointer, max_length=1000, required=not given["ok"], lines=True
    )
    return {"question": question, "ok": given["ok"], "note": note}


@transaction.atomic
def raise_finding(*, actor: Actor, item_id: int, text: str, severity: str, owner: str, due_on: date) -> Finding:
    """Afterwards a finding stands with its owner, who was told, and its day.

    Refuses: `NoSuchThing`; `NotAllowed`; `ClosedAudit`; `NoSuchPerson`; `InvalidUpkeep`.
    Announces: `stewardship.finding.raised`.
    """
    item = _open_item(item_id)
    AuditPolicy().require(actor, "answer", item)
    if severity not in Severity.values:
        raise InvalidUpkeep(f"Choose among {', '.join(Severity.values)}.", pointer="/severity")
    if due_on < now().date():
        raise InvalidUpkeep("The day by which it is to be mended has passed.", pointer="/due_on")
    found = Finding.objects.create(
        item=item,
        text=clean_text(text, pointer="/text", max_length=2000, lines=True),
        severity=severity,
        owner=user_by_username(owner),
        due_on=due_on,
        raised_by_id=actor.pk,
        raised_at=now(),
    )
    notify(
        to=[found.owner_id],
        kind=Kind.FINDING,
        title=f"Finding about {item.title}: mend it by {due_on:%-d %B %Y}"[:200],
        url=reverse("stewardship:audit", args=[item.campaign_id]),
        body=found.text[:500],
        about=f"finding:{found.pk}",
        key=f"finding:{found.pk}:raised",
        urgent=severity == Severity.MAJOR,
    )
    announce(FindingRaised(campaign_id=item.campaign_id, finding_id=found.pk, severity=severity), actor=actor)
    return found


@transaction.atomic
def settle_finding(*, actor: Any, finding_id: int, state: str, answer: str, request_id: int | None = None) -> Finding:
    """Afterwards the finding is mended (perhaps by a change request, which it names) or accepted, with an answer.

    Refuses: `NoSuchThing`; `NotAllowed`; `NotReady` when it was settled before; `RequestUnknown`; `InvalidUpkeep`.
    Announces: `stewardship.finding.settled`.
    """
    rows = Finding.objects.select_for_update(of=("self",)).select_related("item__campaign")
    found = rows.filter(pk=finding_id).first()
    if found is None:
        raise NoSuchThing(f"There is no finding {finding_id}.")
    AuditPolicy().require(actor, "settle", found)
    if found.state != FindingState.OPEN:
        raise NotReady("This finding was settled before.")
    if state not in (FindingState.MENDED, FindingState.ACCEPTED):
        raise InvalidUpkeep("A finding is mended or accepted.", pointer="/state")
    if request_id is not None:
        request_for(viewer=actor, request_id=request_id)
    found.state, found.request_id = state, request_id
    found.answer = clean_text(answer, pointer="/answer", max_length=2000, lines=True)
    found.settled_by_id, found.settled_at = actor.pk, now()
    found.save(update_fields=["state", "request_id", "answer", "settled_by", "settled_at"])
    announce(FindingSettled(campaign_id=found.item.campaign_id, finding_id=found.pk, state=state), actor=actor)
    return found


@transaction.atomic
def sign_campaign(*, actor: Actor, campaign_id: int) -> Campaign:
    """Afterwards the actor has signed as owner or as auditor; with both signatures the audit is closed, and its report
    stands for ever with its digest. Findings may wait for their day beyond that.

    Refuses: `NoSuchThing`; `NotAllowed`; `ClosedAudit`; `NotReady` while items wait or the actor has signed.
    Announces: `stewardship.audit.signed`, and `stewardship.audit.closed` with the second.
    """
    found = _locked(campaign_id)
    AuditPolicy().require(actor, "sign", found)
    if found.items.filter(done_at=None).exists():
        raise NotReady("Every item has to be answered before anybody signs.")
    part = "owner" if actor.pk == found.owner_id else "auditor"
    if getattr(found, f"{part}_signed_at"):
        raise NotReady("You have signed already; the other signature is missing.")
    setattr(found, f"{part}_signed_at", now())
    closed = found.owner_signed_at is not None and found.auditor_signed_at is not None
    if closed:
        whole = campaign_for(viewer=actor, campaign_id=found.pk)
        found.report = report_of(whole)
        found.digest, found.state, found.closed_at = digest_of(found.report), CampaignState.CLOSED, now()
    found.save()
    announce(AuditSigned(campaign_id=found.pk, part=part), actor=actor)
    if closed:
        announce(AuditClosed(campaign_id=found.pk, digest=found.digest), actor=actor)
    return found


def _locked(campaign_id: int) -> Campaign:
    found = Campaign.objects.select_for_update().filter(pk=campaign_id).first()
    if found is None:
        raise NoSuchThing(f"There is no audit {campaign_id}.")
    if found.state == CampaignState.CLOSED:
        raise ClosedAudit("This audit is closed; what it found stands.")
    return found


def _open_item(item_id: int) -> AuditItem:
    """The item, its audit locked and open. Whoever has signed must not find other answers under their signature."""
    known = AuditItem.objects.filter(pk=item_id).values_list("campaign_id", flat=True).first()
    if known is None:
        raise NoSuchThing(f"There is no item {item_id} of an audit.")
    campaign = _locked(known)
    if campaign.owner_signed_at or campaign.auditor_signed_at:
        raise ClosedAudit("Somebody has signed this audit; its answers do not change any more.")
    item = AuditItem.objects.select_for_update().get(pk=item_id)
    item.campaign = campaign
    return item
