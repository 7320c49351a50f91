"""Who may look membership up for other systems, who sees announcements and who acknowledges them."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from activation.models import Announcement, Notice
from common.policies import Policy, Predicate
from customers.policies import CustomerPolicy
from taxonomy.policies import SegmentPolicy


def _look_up(user: Any, _obj: Any) -> str | None:
    return CustomerPolicy().reason(user, "view")


class LookupPolicy(Policy):
    """A system sees what the person whose token it uses may see."""

    table = {"look_up": _look_up}


def _sees(user: Any, _: Any) -> str | None:
    return SegmentPolicy().reason(user, "view")


def _acknowledges(user: Any, announcement: Any) -> str | None:
    if Notice.objects.filter(step__announcement=announcement, person_id=user.pk).exists():
        return None
    return "Only people to whom this notice was sent acknowledge it, for their function."


class AnnouncementPolicy(Policy):
    """Whoever may see a segment sees what is announced about it; recipients acknowledge."""

    table: ClassVar[dict[str, Predicate]] = {"view": _sees, "acknowledge": _acknowledges}

    def visible(self, user: Any) -> QuerySet[Announcement]:
        """The announcements that `user` may see."""
        return Announcement.objects.filter(segment_key__in=SegmentPolicy().visible(user).values("key"))
