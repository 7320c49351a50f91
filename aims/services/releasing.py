"""Publishes releases of the taxonomy and the results of quick wins; keeps who has read."""

from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.selectors import people
from aims import policies
from aims.events import QuickWinPublished, ReleasePublished
from aims.models import Receipt, Release, WinResult
from aims.selectors.releases import changes_since, newest_release, objectives_named, release_for
from aims.selectors.wins import flagged_win, measured_before_and_after
from common.clock import now
from common.errors import Conflict, Invalid
from common.texts import clean_text
from ledger.services import announce
from notifications.choices import Kind
from notifications.services import notify
from taxonomy.selectors import segment_by_key


@transaction.atomic
def publish_release(*, actor: Any, title: str, vision: str) -> Release:
    """The announcement stands with what has changed since the one before, and everybody is told.

    Refuses: NotAllowed, Invalid (title, vision), Conflict (somebody has just published one).
    Announces: ReleasePublished.
    """
    policies.aims.require(actor, "publish")
    name = clean_text(title, pointer="/title", max_length=120)
    text = clean_text(vision, pointer="/vision", max_length=20_000, lines=True)
    last = newest_release()
    since = last.published_at if last else None
    try:
        with transaction.atomic():
            release = Release.objects.create(
                number=last.number + 1 if last else 1,
                title=name,
                vision=text,
                changes=changes_since(since),
                objectives=objectives_named(),
                since=since,
                published_by=actor,
                published_at=now(),
            )
    except IntegrityError as taken:
        raise Conflict("Somebody has just published a release. Read it first.", code="published") from taken
    notify(
        to=list(people().values_list("pk", flat=True)),
        kind=Kind.CHANGED,
        title=f"Release {release.number} of the taxonomy: {name}",
        body="Read what has changed and where we want to go, and confirm that you have.",
        url=reverse("aims:release", args=[release.number]),
        about=f"release:{release.number}",
        key=f"release:{release.number}",
    )
    announce(ReleasePublished(release_number=release.number), actor=actor)
    return release


@transaction.atomic
def confirm_reading(*, actor: Any, number: int) -> Receipt:
    """The person has said that they have read the release.

    Refuses: NotAllowed, ReleaseUnknown.
    Announces: nothing; a second time changes nothing.
    """
    release = release_for(viewer=actor, number=number)
    receipt, _ = Receipt.objects.get_or_create(release=release, person=actor, defaults={"read_at": now()})
    return receipt


@transaction.atomic
def publish_win(*, actor: Any, request_ref: str, words: str) -> WinResult:
    """The measured result of the change that was flagged as a quick win is published with what was learned.

    Size and objective of its segment are measured before and after the day on which the change took effect.

    Refuses: NotAllowed, NotFound (no such flagged change), Invalid (no words), Conflict (not in effect yet).
    Announces: QuickWinPublished.
    """
    policies.aims.require(actor, "publish_win")
    win = flagged_win(viewer=actor, request_ref=request_ref)
    if win.applied_at is None:
        raise Conflict("This change is not in effect yet, so it has no result.", code="not_applied")
    text = clean_text(words, pointer="/words", max_length=1000, lines=True)
    measures = measured_before_and_after(win)
    if not measures:
        raise Invalid("Nothing was measured of this segment yet. Request a run first.", code="not_measured")
    row = WinResult.objects.create(
        request_ref=request_ref,
        title=win.title,
        segment=segment_by_key(win.segment_key),
        measures=measures,
        words=text,
        published_by=actor,
        published_at=now(),
    )
    fact = QuickWinPublished(segment_key=win.segment_key, request_ref=request_ref, result_id=row.pk)
    announce(fact, actor=actor)
    return row
