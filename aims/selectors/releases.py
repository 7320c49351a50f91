"""Reading releases: what was announced, what changed since, who has read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from accounts.selectors import people
from aims import policies
from aims.errors import ReleaseUnknown
from aims.models import Receipt, Release
from ledger.selectors import Line, lines_named
from taxonomy.selectors import Heading, agreements, headings, objectives_in_use, versions_serving

# What counts as a change of the taxonomy, by the name of the fact, in the words of a release.
CHANGES: dict[str, str] = {
    "taxonomy.version.enacted": "Segment",
    "taxonomy.segment.retired": "Segment",
    "taxonomy.objective.defined": "Objective",
    "taxonomy.objective.signed": "Signature",
    "taxonomy.term.enacted": "Term",
    "taxonomy.term.put_away": "Term",
    "taxonomy.metric.enacted": "Metric",
    "taxonomy.metric.put_away": "Metric",
    "taxonomy.guideline.enacted": "Guideline",
    "aims.journey.enacted": "Journey",
    "aims.journey.retired": "Journey",
    "playbooks.version.enacted": "Playbook",
    "playbooks.playbook.retired": "Playbook",
    "training.brief.enacted": "Brief",
    "training.brief.retired": "Brief",
}
MOST_CHANGES = 500


@dataclass(frozen=True)
class Readership:
    """Who has read a release, and who has not yet."""

    receipts: list[Receipt]
    missing: list[Any]

    @property
    def share(self) -> int:
        """How many have read it, in whole percents of all; never 100 while one is missing."""
        whole = len(self.receipts) + len(self.missing)
        return min(99 if self.missing else 100, round(100 * len(self.receipts) / whole)) if whole else 0


def releases_for(*, viewer: Any) -> QuerySet[Release]:
    """The releases, newest first, with `receipt_count` and whether the viewer has read each (`is_read`)."""
    policies.aims.require(viewer, "view")
    mine = Receipt.objects.filter(release=OuterRef("pk"), person_id=viewer.pk)
    rows = Release.objects.select_related("published_by")
    return rows.annotate(receipt_count=Count("receipts"), is_read=Exists(mine)).order_by("-number")


def release_for(*, viewer: Any, number: int) -> Release:
    """The release of that number; raises `ReleaseUnknown`."""
    found = releases_for(viewer=viewer).filter(number=number).first()
    if found is None:
        raise ReleaseUnknown(f"There is no release {number}.")
    return found


def newest_release() -> Release | None:
    """The last announcement; None before the first."""
    return Release.objects.order_by("-number").first()


def readership_of(release: Release) -> Readership:
    """Who has read it and who has not, by name; people who have left are not waited for."""
    receipts = list(release.receipts.select_related("person"))
    read = {receipt.person_id for receipt in receipts}
    return Readership(receipts, [person for person in people() if person.pk not in read])


def changes_since(since: datetime | None) -> list[dict[str, Any]]:
    """The decisions that took effect since the instant (or ever), oldest first, from the ledger."""
    found = lines_named(tuple(CHANGES), since=since, limit=MOST_CHANGES)
    names = headings({line.entry.object_key for line in found if line.entry.object_type == "segment"})
    return [_change(line, names) for line in found]


def _change(line: Line, names: dict[str, Heading]) -> dict[str, Any]:
    entry, key = line.entry, line.entry.object_key
    return {
        "kind": CHANGES[entry.event],
        "key": key,
        "name": names[key].name if entry.object_type == "segment" and key in names else key,
        "at": entry.at.isoformat() if entry.at else "",
        "by": entry.actor_name,
        "said": line.sentence,
        "request": str((entry.payload or {}).get("request_ref") or ""),
    }


def objectives_named() -> list[dict[str, Any]]:
    """What the taxonomy as a whole is for: each objective in use, whether it is agreed, which segments serve it."""
    rows = list(objectives_in_use())
    known = agreements(rows)
    return [
        {
            "key": row.key,
            "name": row.name,
            "metric": row.metric,
            "agreed": known[row.pk].is_agreed,
            "said": known[row.pk].words,
            "segments": [version.segment.key for version in versions_serving(row.key)],
        }
        for row in rows
    ]


def unread_by(user: Any) -> Sequence[Release]:
    """The releases that the person has not read yet, newest first."""
    read = Receipt.objects.filter(person_id=user.pk).values("release")
    return list(Release.objects.exclude(pk__in=read).order_by("-number"))
