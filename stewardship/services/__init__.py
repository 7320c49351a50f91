"""Decisions of upkeep that write; other apps import from here."""

from stewardship.services.audits import answer_item, open_campaign, raise_finding, settle_finding, sign_campaign
from stewardship.services.cases import escalate_overdue, look_for_alarms, move_case, open_case
from stewardship.services.findings import escalate_findings
from stewardship.services.handing_over import propose_handover
from stewardship.services.reviewing import assess_segment, escalate_reviews, record_review, set_cycle
from stewardship.services.rituals import (
    end_ritual,
    hold_ritual,
    hold_session,
    plan_ritual,
    plan_session,
    remind_of_rituals,
)

__all__ = [
    "answer_item",
    "assess_segment",
    "end_ritual",
    "escalate_findings",
    "escalate_overdue",
    "escalate_reviews",
    "hold_ritual",
    "hold_session",
    "look_for_alarms",
    "move_case",
    "open_campaign",
    "open_case",
    "plan_ritual",
    "plan_session",
    "propose_handover",
    "raise_finding",
    "record_review",
    "remind_of_rituals",
    "set_cycle",
    "settle_finding",
    "sign_campaign",
]
