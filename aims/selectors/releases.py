"""Reading releases: what was announced, what changed since, who has read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from accounts.selectors import names_of, people
from aims import policies
from aims.errors import ReleaseUnknown
from aims.models import Receipt, Release
from aims.selectors.journeys import journey_names
from ledger.selectors import Line, lines_named
from taxonomy.selectors import agreements, headings, objectives_in_use, versions_serving
from taxonomy.selectors.glossary import glossary
from taxonomy.selectors.objectives import objective_names

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
_OF_SEGMENTS = ("Segment", "Playbook", "Brief")
_OF_OBJECTIVES = ("Objective", "Signature")
_OF_WORDS = ("Term", "Metric", "Guideline")


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
    names = _names(found)
    people_of = names_of({line.entry.actor_id for line in found if line.entry.actor_id})
    return [_change(line, names, people_of) for line in found]


def _names(found: Sequence[Line]) -> dict[tuple[str, str], str]:
    """(kind, key) -> name of what the lines tell of; playbooks and briefs go by their segment's."""
    keys: dict[str, set[str]] = {}
    for line in found:
        keys.setdefault(CHANGES[line.entry.event], set()).add(line.entry.object_key)
    of_segments = headings(set().union(*(keys.get(kind, set()) for kind in _OF_SEGMENTS)))
    words = glossary().words
    known = {(kind, key): heading.name for kind in _OF_SEGMENTS for key, heading in of_segments.items()}
    known |= {(kind, key): name for kind in _OF_OBJECTIVES for key, name in objective_names().items()}
    known |= {("Journey", key): name for key, name in journey_names(keys.get("Journey", set())).items()}
    return known | {
        (kind, key): words[f"{kind.lower()}:{key}"].name
        for kind in _OF_WORDS
        for key in keys.get(kind, ())
        if f"{kind.lower()}:{key}" in words
    }


def _change(line: Line, names: dict[tuple[str, str], str], people_of: dict[int, str]) -> dict[str, Any]:
    entry, kind, key = line.entry, CHANGES[line.entry.event], line.entry.object_key
    return {
        "kind": kind,
        "key": key,
        "name": names.get((kind, key), key),
        "at": entry.at.isoformat() if entry.at else "",
        "by": people_of.get(entry.actor_id or 0, entry.actor_name),
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
