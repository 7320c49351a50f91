"""Who may report a misclassification, see reports and judge them."""

from typing import Any, ClassVar

from django.db.models import Q, QuerySet

from accounts.choices import Role
from accounts.policies import has_role, has_role_anywhere
from common.policies import Policy, Predicate
from insights.models import MisclassificationReport
from taxonomy.selectors import path_of

_REPORTERS = (Role.REP, Role.OWNER, Role.STEWARD, Role.ADMINISTRATOR)
_READERS = (Role.OWNER, Role.STEWARD, Role.ADMINISTRATOR, Role.AUDITOR)


def _may_report(user: Any, _: Any) -> str | None:
    if has_role_anywhere(user, *_REPORTERS):
        return None
    return "Sales representatives, owners, stewards and administrators report misclassifications."


def _may_view(user: Any, report: Any) -> str | None:
    if has_role_anywhere(user, *_READERS) or (report is not None and report.reported_by_id == user.pk):
        return None
    if report is None and has_role_anywhere(user, Role.REP):
        return None
    return "A report is for who made it and for those who answer for segments."


def _may_triage(user: Any, segment_key: Any) -> str | None:
    """`segment_key`: the segment of the report; none means any at all."""
    if has_role(user, Role.STEWARD, Role.ADMINISTRATOR):
        return None
    if segment_key is None and has_role_anywhere(user, Role.OWNER):
        return None
    if segment_key is not None and has_role(user, Role.OWNER, path=path_of(segment_key)):
        return None
    return "Only a steward, an administrator or the owner of the segment's branch judges reports about it."


class ReportPolicy(Policy):
    """Who works with customers reports; who answers for segments judges; both see."""

    table: ClassVar[dict[str, Predicate]] = {"report": _may_report, "view": _may_view, "triage": _may_triage}

    def visible(self, user: Any) -> QuerySet[MisclassificationReport]:
        """The reports that `user` may see."""
        if not getattr(user, "is_active", False):
            return MisclassificationReport.objects.none()
        if has_role_anywhere(user, *_READERS):
            return MisclassificationReport.objects.all()
        return MisclassificationReport.objects.filter(Q(reported_by_id=user.pk))
