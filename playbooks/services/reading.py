"""Read confirmations."""

from typing import Any

from django.db import transaction

from common.errors import Conflict
from ledger.services import announce
from playbooks.events import ReadingConfirmed
from playbooks.models import ReadReceipt
from playbooks.selectors import live_version


@transaction.atomic
def confirm_reading(*, actor: Any, segment_key: str, version_number: int) -> ReadReceipt:
    """Afterwards it stands that the person has read this version; confirming twice changes nothing.

    Refuses: NoPlaybook; Conflict when the version is no longer in force. Announces: ReadingConfirmed once.
    """
    live = live_version(segment_key)
    if live.number != version_number:
        raise Conflict("The playbook has changed while you were reading. Read what is new, then confirm.")
    receipt, is_new = ReadReceipt.objects.get_or_create(user=actor, version=live)
    if is_new:
        announce(ReadingConfirmed(segment_key=segment_key, version_number=live.number), actor=actor)
    return receipt
