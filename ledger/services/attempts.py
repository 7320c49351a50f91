"""Enters what somebody tried and was refused."""

from typing import Any

from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

from common.digests import digest_of
from ledger.events import AttemptRefused
from ledger.models import Entry
from ledger.services.recording import announce

_ONCE_IN_SECONDS = 60


@transaction.atomic
def record_refusal(*, actor: Any, about: str, deed: str, code: str, reason: str, through: str) -> Entry | None:
    """Afterwards the refused attempt stands in the chain; the same one again within a minute stands there once (None).

    Refuses: nothing.
    Announces: AttemptRefused.
    """
    if not _is_first(f"refused:{digest_of([actor.pk, about, deed, code])}"):
        return None
    fact = AttemptRefused(about=about, deed=deed, code=code, reason=reason[:300], through=through)
    return announce(fact, actor=actor)


def _is_first(key: str) -> bool:
    try:
        return bool(cache.add(key, 1, _ONCE_IN_SECONDS))
    except RedisError:
        # Rather twice in the chain than not at all.
        return True
