"""Sets how somebody wants to be told."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction

from common.errors import Invalid
from notifications.choices import Kind, MailMode
from notifications.models import Hours, Preference


@transaction.atomic
def set_preferences(
    *,
    actor: Any,
    modes: Mapping[str, str],
    zone: str,
    digest_hour: int,
    quiet_from: int | None = None,
    quiet_until: int | None = None,
) -> Hours:
    """Afterwards new notifications reach the person as told; what is on its way stays as it is.

    Refuses: Invalid (a kind, mode, zone or hour that there is not; quiet hours with one end).
    Announces: nothing.
    """
    for kind, mode in modes.items():
        if kind not in Kind.values or mode not in MailMode.values:
            raise Invalid("Choose one of the ways offered.", code="unknown_choice", pointer=f"/modes/{kind}")
    if zone not in available_timezones():
        raise Invalid("Give a time zone such as Europe/Berlin.", code="unknown_choice", pointer="/zone")
    for name, hour in (("digest_hour", digest_hour), ("quiet_from", quiet_from), ("quiet_until", quiet_until)):
        if hour is not None and not 0 <= hour <= 23:
            raise Invalid("An hour is a number from 0 to 23.", code="out_of_range", pointer=f"/{name}")
    if (quiet_from is None) != (quiet_until is None):
        raise Invalid("Give both ends of the quiet hours, or neither.", code="required", pointer="/quiet_until")
    for kind, mode in modes.items():
        Preference.objects.update_or_create(person_id=actor.pk, kind=kind, defaults={"mode": mode})
    values = {"zone": zone, "digest_hour": digest_hour, "quiet_from": quiet_from, "quiet_until": quiet_until}
    return Hours.objects.update_or_create(person_id=actor.pk, defaults=values)[0]
