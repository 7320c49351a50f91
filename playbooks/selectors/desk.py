"""What a person needs of playbooks elsewhere: plays for a customer, panels on the home page, hits of the search."""

import dataclasses
from typing import Any

from django.urls import reverse

from accounts.choices import Role
from accounts.policies import has_role_anywhere
from common.panels import HomeItem, HomePanel
from common.search import SearchHit
from common.uses import Use
from memberships.selectors import segments_of
from playbooks.content import LABELS, ROWS
from playbooks.models import PlaybookVersion
from playbooks.policies import PlaybookPolicy
from playbooks.selectors.reading import open_reviews, playbooks_for
from taxonomy.choices import Tier
from taxonomy.selectors import Heading, headings


@dataclasses.dataclass(frozen=True)
class Play:
    """The playbook to follow for a customer, because they are in the segment."""

    segment_key: str
    segment_name: str
    since: Any
    version: PlaybookVersion


def plays_for(*, viewer: Any, external_id: str) -> list[Play]:
    """Playbooks of the customer's segments, the most specific segment first."""
    by_key = {version.playbook.segment.key: version for version in playbooks_for(viewer=viewer)}
    rows = [row for row in segments_of(external_id) if row.key in by_key]
    rows.sort(key=lambda row: (-Tier.values.index(row.tier), row.name))
    return [Play(row.key, row.name, row.since, by_key[row.key]) for row in rows]


def segment_uses(segment_key: str) -> list[Use]:
    """The segment's playbook as a use of the segment."""
    if not PlaybookVersion.objects.filter(playbook__segment__key=segment_key, state="active").exists():
        return []
    return [Use("Playbook", "The segment's playbook", reverse("playbooks:playbook", args=[segment_key]))]


def search(viewer: Any, text: str, limit: int) -> list[SearchHit]:
    """Playbooks by name and key, and the very objection, message or step that holds the text."""
    needle = text.casefold()
    hits: list[SearchHit] = []
    found = list(playbooks_for(viewer=viewer))
    named = headings(version.playbook.segment.key for version in found)
    for version in found:
        key = version.playbook.segment.key
        name = named[key].name
        url = reverse("playbooks:playbook", args=[key])
        if needle in name.casefold() or needle in key:
            hits.append(SearchHit("Playbook", name, "What we do for this segment", url, 60))
        for section, (first, second) in ROWS.items():
            hits.extend(
                SearchHit(
                    "Playbook", row[first], f"{name} · {LABELS[section]}: {row[second][:120]}", f"{url}#{section}", 40
                )
                for row in version.content[section]
                if needle in row[first].casefold() or needle in row[second].casefold()
            )
    return hits[:limit]


def home_panels(viewer: Any) -> list[HomePanel]:
    """For representatives: playbooks that changed since they read them. For those responsible: playbooks to look at."""
    panels: list[HomePanel] = []
    if has_role_anywhere(viewer, Role.REP, Role.LEARNER):
        every = playbooks_for(viewer=viewer)
        unread = [version for version in every if not version.is_confirmed]  # type: ignore[attr-defined]
        named = headings(version.playbook.segment.key for version in unread[:6])
        panels.append(
            HomePanel("playbooks-unread", "Playbooks to read", 30, [_unread(version, named) for version in unread[:6]],
                      "You have read every playbook as it stands.", reverse("playbooks:list"), total=len(unread))
        )  # fmt: skip
    if has_role_anywhere(viewer, Role.OWNER, Role.STEWARD):
        mine = [review for review in open_reviews() if PlaybookPolicy().can(viewer, "confirm_fit", review.playbook)]
        items = [
            HomeItem(
                title=f"Playbook of {review.playbook.segment.key}",
                url=reverse("playbooks:playbook", args=[review.playbook.segment.key]),
                detail=f"The rule is at version {review.segment_version_number} now. Does the playbook still fit?",
                at=review.opened_at,
                badge="to look at",
                urgent=True,
            )
            for review in mine[:6]
        ]
        panels.append(HomePanel("playbooks-behind", "Playbooks behind their rule", 40, items,
                                "Every playbook fits its rule.", total=len(mine)))  # fmt: skip
    return panels


def _unread(version: PlaybookVersion, named: dict[str, Heading]) -> HomeItem:
    key = version.playbook.segment.key
    detail = (
        f"Version {version.number}" if version.number == 1 else f"Version {version.number}: changed since you read it"
    )
    return HomeItem(named[key].name, reverse("playbooks:playbook", args=[key]), detail, version.enacted_at)
