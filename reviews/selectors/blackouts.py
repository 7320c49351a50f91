"""Reading blackouts: times in which nothing takes effect."""

from datetime import datetime

from django.db.models import Q, QuerySet

from common.clock import now
from reviews.models import Blackout, ChangeRequest


def blackout_for(request: ChangeRequest, at: datetime) -> Blackout | None:
    """The blackout that the request meets at that instant: of its board or of everything; the one that ends last."""
    return standing_blackouts(at).filter(Q(board__isnull=True) | Q(board=request.board_id)).order_by("-ends_at").first()


def standing_blackouts(at: datetime) -> QuerySet[Blackout]:
    """The blackouts that stand at that instant."""
    return Blackout.objects.filter(cancelled_at__isnull=True, starts_at__lte=at, ends_at__gt=at).select_related("board")


def blackouts_between(since: datetime, until: datetime) -> QuerySet[Blackout]:
    """The blackouts that stand at some instant between the two, in their order."""
    rows = Blackout.objects.filter(cancelled_at__isnull=True, starts_at__lt=until, ends_at__gt=since)
    return rows.select_related("board", "set_by").order_by("starts_at", "pk")


def coming_blackouts() -> QuerySet[Blackout]:
    """The blackouts that have not ended, in their order."""
    rows = Blackout.objects.filter(cancelled_at__isnull=True, ends_at__gt=now())
    return rows.select_related("board", "set_by").order_by("starts_at", "pk")
