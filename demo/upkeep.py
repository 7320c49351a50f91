"""The demonstration company keeps what stands: an audit half done, rituals, a session, a case, a lifted freeze."""

from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction

from accounts.selectors import user_by_username
from common.alarms import Alarm
from common.clock import now
from safeguards.selectors import freezes_for
from safeguards.services import freeze, lift
from stewardship import services
from stewardship.selectors.audits import campaign_for
from stewardship.selectors.calendar import rituals_for

_CHECKLIST: Final = (
    "Would somebody on the shop floor recognise these households?",
    "Is the data that the rule reads complete and fresh?",
    "Is the size still worth a playbook of its own?",
    "Did the outcome come that the segment was made for?",
)
_FIRST: Final[dict[str, Any]] = {
    "journeys": 3,
    "journeys_note": "The weekly shop fits; online orders are not seen at all.",
    "fit": 4,
    "fit_note": "The fresh counters are what they come for.",
    "competition": 3,
    "competition_note": "A discounter opened beside two of our stores.",
}
_SECOND: Final[dict[str, Any]] = {
    "journeys": 4,
    "journeys_note": "The mailing now follows the basket; online orders are still missing.",
    "fit": 4,
    "fit_note": "Unchanged: fresh counters, own labels.",
    "competition": 2,
    "competition_note": "The discounter takes the dry goods of one household in five.",
}


def load_upkeep() -> int:
    """Afterwards the company's upkeep stands; how many things came. All of it or nothing."""
    tomas = user_by_username("tomas")
    if rituals_for(viewer=tomas).exists():
        return 0
    with transaction.atomic():
        return _rituals() + _session() + _audit() + _assessments() + _case() + _freeze()


def _day(days: int) -> date:
    return now().date() + timedelta(days=days)


def _rituals() -> int:
    ruth, tomas, martha = (user_by_username(name) for name in ("ruth", "tomas", "martha"))
    review = services.plan_ritual(
        actor=ruth,
        type_="governance_review",
        name="Quarterly governance review",
        meeting="Round table, two hours",
        every_days=91,
        next_on=_day(-7),
        owner="ruth",
        attendees=["grace", "omar", "ingrid", "tomas"],
        agenda="How did the segments change what we say?\nWhat did we do first because of them?\n"
        "What of them is on the product roadmap?",
    )
    services.hold_ritual(
        actor=ruth,
        ritual_id=review.pk,
        on=_day(-7),
        notes="Messaging: the catalogue cover follows the fresh kitchens.\n"
        "Priorities: slipping anchors are called first.\n"
        "Roadmap: the app shows coupons to coupon planners from February on.",
        decisions=[
            {"text": "Slipping anchor households are called within a week.", "segments": ["anchor-slipping"]},
            {"text": "Coupon planners get the app's first coupons.", "segments": ["coupon-planners"]},
        ],
    )
    services.plan_ritual(
        actor=tomas,
        type_="recalibration",
        name="Recalibration of all segments",
        every_days=30,
        next_on=_day(12),
        owner="tomas",
        agenda="Run everything, compare sizes and values, look at what moved by more than five percent.",
    )
    services.plan_ritual(
        actor=tomas,
        type_="audit",
        name="Audit of definitions",
        every_days=91,
        next_on=_day(70),
        owner=martha.get_username(),
        attendees=["tomas"],
    )
    services.plan_ritual(
        actor=ruth,
        type_="alignment",
        name="Hand-over round of marketing and sales",
        meeting="Stand-up, twenty minutes",
        every_days=14,
        next_on=_day(4),
        owner="amara",
        attendees=["rosa", "victor", "grace"],
        agenda="Who was called, who said what, which objections are new.",
    )
    return 4


def _session() -> int:
    services.plan_session(
        actor=user_by_username("ruth"),
        title="Spring campaigns",
        on=_day(9),
        teams=["Marketing", "Sales", "Product"],
        topics="Which segments spring begins with, and what the app, the stores and the mailings each do for them.",
        attendees=["grace", "omar", "ingrid", "amara"],
        segments=["anchor-families", "event-hosts"],
    )
    return 1


def _audit() -> int:
    martha = user_by_username("martha")
    opened = services.open_campaign(
        actor=martha,
        name="Autumn audit of anchor households",
        purpose="Before the Christmas catalogue is planned on them.",
        owner="tomas",
        auditor="martha",
        due_on=_day(21),
        checklist=_CHECKLIST,
        branch="anchor-households",
    )
    items = list(campaign_for(viewer=martha, campaign_id=opened.pk).items.all())
    tomas = user_by_username("tomas")
    for item in items[: (len(items) + 1) // 2]:
        answers: list[dict[str, Any]] = [{"ok": True} for _ in _CHECKLIST]
        answers[1] = {"ok": False, "note": "Receipts of two stores came a day late all through October."}
        services.answer_item(actor=tomas, item_id=item.pk, answers=answers)
    services.raise_finding(
        actor=tomas,
        item_id=items[0].pk,
        text="Two stores deliver their receipts a day late, so that households seem to slip who do not.",
        severity="minor",
        owner="mei",
        due_on=_day(14),
    )
    return 1


def _assessments() -> int:
    ruth = user_by_username("ruth")
    for scores in (_FIRST, _SECOND):
        services.assess_segment(actor=ruth, key="anchor-households", scores=scores)
    services.record_review(
        actor=ruth,
        type_="segment",
        key="anchor-households",
        reason="Sizes, value and churn of the quarter looked at; the definition holds.",
        answers={
            "messaging": "The catalogue's first pages are made for them.",
            "prioritisation": "Complaints of anchor households are answered first.",
            "roadmap": "Nothing new; the fresh counter app waits.",
        },
    )
    return 3


def _case() -> int:
    alarm = Alarm(
        key="demo:anchor-slipping",
        kind="shift",
        title="Slipping anchor households grew by a fifth within a week",
        url="/segments/anchor-slipping/",
        since=now(),
        advice="Look who moved and why: data that broke, a rule that changed, or customers who did change.",
        segment_key="anchor-slipping",
    )
    return int(services.open_case(alarm))


def _freeze() -> int:
    tomas = user_by_username("tomas")
    if freezes_for(viewer=tomas).exists():
        return 0
    made = freeze(
        actor=tomas,
        scope="source",
        key="coupons",
        reason="The clearing house sent each coupon of a week twice.",
    )
    lift(actor=tomas, freeze_id=made.pk, reason="They sent the week again, and it counts right.")
    return 1
