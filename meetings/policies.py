"""Who plans, holds and sees a board's meetings."""

from typing import Any

from django.db.models import QuerySet

from accounts.choices import Role
from accounts.policies import has_role
from common.policies import Policy
from meetings.models import Meeting, Series
from reviews.policies import BoardPolicy
from reviews.selectors.in_meetings import sits_or_stands_in


def _holds(user: Any, board: Any) -> str | None:
    if has_role(user, Role.ADMINISTRATOR) or sits_or_stands_in(user, board):
        return None
    return f"Members of {board} and administrators hold its meetings."


def _sits(user: Any, board: Any) -> str | None:
    return None if sits_or_stands_in(user, board) else f"Only those who vote in {board} take a place in its meetings."


class MeetingPolicy(Policy):
    """Members hold the meetings of their board; whoever sees the board sees its meetings. Objects are boards."""

    table = {"hold": _holds, "sit": _sits}

    def visible(self, user: Any) -> QuerySet[Meeting]:
        """The meetings that `user` may see."""
        return Meeting.objects.filter(board__in=BoardPolicy().visible(user).values("pk"))

    def visible_series(self, user: Any) -> QuerySet[Series]:
        """The series that `user` may see."""
        return Series.objects.filter(board__in=BoardPolicy().visible(user).values("pk"), ended_at__isnull=True)
