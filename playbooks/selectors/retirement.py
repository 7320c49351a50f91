"""Playbooks that are out of use: their last wording, and the one that took their place."""

import dataclasses
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from playbooks.models import Playbook, PlaybookVersion, ReadReceipt
from playbooks.policies import PlaybookPolicy
from taxonomy.selectors import headings


@dataclasses.dataclass(frozen=True)
class RetiredPlaybook:
    """A playbook out of use; the successor is the segment whose playbook to read instead, None where none was named."""

    segment_key: str
    name: str
    at: datetime
    successor_key: str | None
    successor_name: str

    @property
    def words(self) -> str:
        """What happened to it, in a sentence."""
        instead = f"read that of {self.successor_name} instead" if self.successor_key else "none took its place"
        return f"The playbook of {self.name} was retired on {self.at:%-d %B %Y}: {instead}."


def retired_playbook(segment_key: str) -> RetiredPlaybook | None:
    """How the segment's playbook went out of use; None where it is in use or there was never one."""
    return next(iter(_told(_retired().filter(segment__key=segment_key))), None)


def retired_playbooks_for(*, viewer: Any) -> list[RetiredPlaybook]:
    """Those out of use that the viewer may read, by segment key."""
    return _told(_retired().filter(pk__in=PlaybookPolicy().visible(viewer)).order_by("segment__key"))


def last_version(segment_key: str) -> PlaybookVersion | None:
    """The newest wording, whether or not it is in force."""
    rows = PlaybookVersion.objects.filter(playbook__segment__key=segment_key).select_related("playbook__segment")
    return rows.order_by("-number").first()


def possible_successors(*, viewer: Any, but: str = "") -> list[tuple[str, str]]:
    """(segment key, name) of the playbooks in force that could take the place of another, by name."""
    rows = PlaybookPolicy().visible(viewer).filter(versions__state="active").exclude(segment__key=but)
    found = headings(rows.values_list("segment__key", flat=True))
    return sorted(((key, heading.name) for key, heading in found.items()), key=lambda row: row[1].casefold())


def reader_count(segment_key: str) -> int:
    """How many people have confirmed reading the playbook in force."""
    return ReadReceipt.objects.filter(version__playbook__segment__key=segment_key, version__state="active").count()


def _retired() -> QuerySet[Playbook]:
    return Playbook.objects.filter(retired_at__isnull=False).select_related("segment", "successor__segment")


def _told(rows: QuerySet[Playbook]) -> list[RetiredPlaybook]:
    found = list(rows)
    if not found:
        return []
    named = headings(
        key for row in found for key in (row.segment.key, row.successor.segment.key if row.successor else "") if key
    )
    told = []
    for row in found:
        heir = row.successor.segment.key if row.successor else None
        assert row.retired_at is not None  # noqa: S101  (filtered so)
        told.append(
            RetiredPlaybook(
                segment_key=row.segment.key,
                name=named[row.segment.key].name,
                at=row.retired_at,
                successor_key=heir,
                successor_name=named[heir].name if heir else "",
            )
        )
    return told
