"""Where heads of the chain go: each place takes one line of JSON, or raises `NotDelivered`."""

from collections.abc import Callable

from django.conf import settings

from ledger.transports.file import append_to_file
from ledger.transports.mail import send_by_mail
from ledger.transports.webhook import post_to_address

Transport = Callable[[str], None]


def targets() -> dict[str, Transport]:
    """Name -> transport, of the places that this portal is set up to publish to."""
    found: dict[str, Transport] = {}
    if settings.SEGPORTAL_HEADS_FILE:
        found["file"] = append_to_file
    if settings.SEGPORTAL_HEADS_MAIL:
        found["mail"] = send_by_mail
    if settings.SEGPORTAL_HEADS_URL:
        found["webhook"] = post_to_address
    return found


__all__ = ["Transport", "targets"]
