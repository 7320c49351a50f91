"""Who reads upkeep, who keeps what, and who does which part of it."""

from typing import Any, ClassVar

from accounts.choices import Role
from accounts.policies import has_role, has_role_anywhere
from common.policies import Policy, Predicate
from reviews.selectors import sits_on_a_board
from stewardship.models import AuditItem, Campaign, Finding, Occurrence, Ritual


def _reads(user: Any, _: Any) -> str | None:
    if has_role_anywhere(user, *Role.values):
        return None
    return "Only people with a role in the portal read this; an administrator can give you one."


def _keeps_everything(user: Any) -> bool:
    return has_role(user, Role.STEWARD, Role.ADMINISTRATOR)


def _answers_for(user: Any, thing: Any) -> str | None:
    """`thing`: what `selectors.kept.thing` answers."""
    if _keeps_everything(user) or user.pk in thing.owner_ids or has_role(user, Role.OWNER, path=thing.path):
        return None
    return "Its owners, an owner of its branch, a steward or an administrator can do this."


def _assesses(user: Any, thing: Any) -> str | None:
    if _answers_for(user, thing) is None or sits_on_a_board(user):
        return None
    return "Its owners, members of boards, stewards and administrators assess a segment."


def _plans(user: Any, _: Any) -> str | None:
    if has_role_anywhere(user, Role.STEWARD, Role.ADMINISTRATOR, Role.OWNER) or sits_on_a_board(user):
        return None
    return "Owners, members of boards, stewards and administrators plan rituals and sessions."


def _keeps_ritual(user: Any, ritual: Ritual) -> str | None:
    if _keeps_everything(user) or user.pk == ritual.owner_id:
        return None
    return "Whoever keeps this ritual, a steward or an administrator changes it."


def _holds(user: Any, what: Ritual | Occurrence) -> str | None:
    if isinstance(what, Ritual):
        ours = user.pk == what.owner_id or user.get_username() in what.attendees
    else:
        ours = user.pk == what.planned_by_id or user.get_username() in what.attendees
    if _keeps_everything(user) or ours:
        return None
    return "Whoever planned it, those who attend, a steward or an administrator write what came of it."


class UpkeepPolicy(Policy):
    """Everybody with a role reads; who answers for a thing looks after it; who plans, plans."""

    table: ClassVar[dict[str, Predicate]] = {
        "view": _reads,
        "review": _answers_for,
        "hand_over": _answers_for,
        "assess": _assesses,
        "plan": _plans,
        "keep": _keeps_ritual,
        "hold": _holds,
    }


def _opens_audits(user: Any, _: Any) -> str | None:
    if has_role(user, Role.AUDITOR, Role.STEWARD, Role.ADMINISTRATOR):
        return None
    return "Auditors, stewards and administrators open audits."


def _answers_item(user: Any, item: AuditItem) -> str | None:
    if user.pk in (item.assignee_id, item.campaign.owner_id, item.campaign.auditor_id):
        return None
    return "Whoever the item is assigned to, the owner of the audit or its auditor answers it."


def _settles(user: Any, finding: Finding) -> str | None:
    campaign = finding.item.campaign
    if user.pk in (finding.owner_id, campaign.owner_id, campaign.auditor_id) or _keeps_everything(user):
        return None
    return "The owner of the finding, the owner of the audit, its auditor or a steward settles it."


def _signs(user: Any, campaign: Campaign) -> str | None:
    if user.pk in (campaign.owner_id, campaign.auditor_id):
        return None
    return "The owner of the audit and its auditor sign it off, each for themselves."


class AuditPolicy(Policy):
    """Audits are read by everybody with a role, opened by those who keep order, signed by two people."""

    table: ClassVar[dict[str, Predicate]] = {
        "view": _reads,
        "open": _opens_audits,
        "answer": _answers_item,
        "settle": _settles,
        "sign": _signs,
    }


def _works_on(user: Any, hands: Any) -> str | None:
    """`hands`: what `selectors.cases.hands_of` answers. Stewards always; the owners of the segment once it is theirs;
    the board once it is the board's."""
    if _keeps_everything(user) or user.pk in hands.people:
        return None
    return "A steward works on a case first, then the owners of the segment, then its board."


class CasePolicy(Policy):
    """Everybody with a role reads cases; who has them at their stage works on them, and stewards always."""

    table: ClassVar[dict[str, Predicate]] = {"view": _reads, "work": _works_on}
