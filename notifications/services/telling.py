"""Tells people and rooms, in the transaction of whoever has something to tell."""

from collections.abc import Iterable

from accounts.selectors import people
from common.clock import now
from notifications.choices import Delivery, default_mode
from notifications.content import one_line
from notifications.measures import Clock, due_at
from notifications.models import Hours, Notification, Post, Preference, Room


def notify(
    *,
    to: Iterable[int],
    kind: str,
    title: str,
    url: str,
    body: str = "",
    about: str = "",
    key: str,
    urgent: bool = False,
) -> int:
    """Afterwards each active person in `to` is told once under `key`; mail is owed as each of them prefers.

    Part of the caller's transaction. `url` is an address within the portal. `body` never leaves the portal.

    Refuses: nothing; a kind that is not listed is a programming error.
    Announces: nothing; returns how many were told now (not those who had been told before).
    """
    persons = list(people().filter(pk__in=set(to)))
    told = set(Notification.objects.filter(person__in=persons, key=key).values_list("person_id", flat=True))
    fresh = [person for person in persons if person.pk not in told]
    if not fresh:
        return 0
    ids = [person.pk for person in fresh]
    modes = dict(Preference.objects.filter(person__in=ids, kind=kind).values_list("person_id", "mode"))
    clocks = clocks_of(ids)
    moment = now()
    rows: list[Notification] = []
    for person in fresh:
        mode = modes.get(person.pk, default_mode(kind))
        due = due_at(moment, mode, clocks.get(person.pk, Clock()), is_urgent=urgent) if person.email else None
        rows.append(
            Notification(
                person=person,
                kind=kind,
                title=one_line(title, 200),
                body=one_line(body, 1000),
                url=url[:300],
                about=about[:80],
                key=key,
                is_urgent=urgent,
                created_at=moment,
                mail_state=Delivery.WAITING if due else Delivery.NONE,
                mail_due_at=due,
            )
        )
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def tell_rooms(*, board_key: str, kind: str, title: str, url: str, key: str) -> int:
    """Afterwards each open room of the board that follows this kind is owed one post under `key`.

    Refuses: nothing.
    Announces: nothing; returns how many posts are owed anew.
    """
    rooms = [room for room in Room.objects.filter(board_key=board_key, closed_at__isnull=True) if kind in room.kinds]
    told = set(Post.objects.filter(room__in=rooms, key=key).values_list("room_id", flat=True))
    moment = now()
    rows = [
        Post(room=room, kind=kind, title=one_line(title, 200), url=url[:300], key=key, due_at=moment, created_at=moment)
        for room in rooms
        if room.pk not in told
    ]
    Post.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def clocks_of(person_ids: Iterable[int]) -> dict[int, Clock]:
    """Person -> clock, of those who set one."""
    return {
        row.person_id: Clock(
            row.zone,
            row.digest_hour,
            (row.quiet_from, row.quiet_until) if row.quiet_from is not None and row.quiet_until is not None else None,
        )
        for row in Hours.objects.filter(person_id__in=person_ids)
    }
