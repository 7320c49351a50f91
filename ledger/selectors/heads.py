"""Reading the heads that were published."""

from django.db.models import QuerySet

from ledger.choices import DeliveryState
from ledger.models import Head, HeadDelivery


def heads() -> QuerySet[Head]:
    """The published heads with their deliveries, newest first."""
    return Head.objects.prefetch_related("deliveries")


def deliveries_given_up() -> QuerySet[HeadDelivery]:
    """Heads that did not reach a place outside, newest first."""
    return HeadDelivery.objects.filter(state=DeliveryState.FAILED).select_related("head").order_by("-pk")
