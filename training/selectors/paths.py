"""A person's path of learning, and what training shows elsewhere."""

import dataclasses
from typing import Any

from django.urls import reverse

from accounts.choices import Role
from accounts.policies import has_role_anywhere
from common.panels import HomeItem, HomePanel
from common.search import SearchHit
from common.uses import Use
from taxonomy.selectors import headings
from training.models import BriefVersion, Progress
from training.policies import BriefPolicy, ProgressPolicy
from training.selectors.reading import briefs_for, open_reviews


@dataclasses.dataclass(frozen=True)
class PathRow:
    """One brief on a person's path: new, begun, done, or done in an earlier version."""

    version: BriefVersion
    name: str
    meaning: str
    state: str
    position: int
    steps: int
    minutes_left: int
    progress: Progress | None

    @property
    def key(self) -> str:
        return self.version.brief.segment.key


def path_of_learning(*, viewer: Any) -> list[PathRow]:
    """Every brief with the viewer's progress: begun first, then new, then done."""
    own = {progress.version_id: progress for progress in ProgressPolicy().visible(viewer)}
    completed_before = set(
        ProgressPolicy().visible(viewer).filter(completed_at__isnull=False).values_list("version__brief_id", flat=True)
    )
    rows: list[PathRow] = []
    found = list(briefs_for(viewer=viewer))
    named = headings(version.brief.segment.key for version in found)
    for version in found:
        progress = own.get(version.pk)
        steps = len(version.content["walkthrough"]["steps"])
        position = progress.position if progress else 0
        if progress and progress.completed_at:
            state = "done"
        elif progress:
            state = "begun"
        else:
            state = "changed" if version.brief_id in completed_before else "new"
        heading = named[version.brief.segment.key]
        left = (
            0
            if state == "done"
            else max(1, round(version.content["walkthrough"]["minutes"] * (steps - position) / steps))
        )
        rows.append(PathRow(version, heading.name, heading.meaning, state, position, steps, left, progress))
    order = {"begun": 0, "changed": 1, "new": 2, "done": 3}
    return sorted(rows, key=lambda row: (order[row.state], row.name))


def segment_uses(segment_key: str) -> list[Use]:
    """The segment's brief as a use of the segment."""
    if not BriefVersion.objects.filter(brief__segment__key=segment_key, state="active").exists():
        return []
    return [Use("Training", "The segment's brief and walkthrough", reverse("training:brief", args=[segment_key]))]


def search(viewer: Any, text: str, limit: int) -> list[SearchHit]:
    """Briefs and walkthroughs by name."""
    needle = text.casefold()
    hits = []
    for version in briefs_for(viewer=viewer):
        key = version.brief.segment.key
        title = version.content["walkthrough"]["title"]
        if needle in title.casefold() or needle in key:
            hits.append(
                SearchHit(
                    "Training", title, f"Brief and walkthrough of {key}", reverse("training:brief", args=[key]), 35
                )
            )
    return hits[:limit]


def home_panels(viewer: Any) -> list[HomePanel]:
    """For newcomers and representatives: the next step. For those responsible: briefs to look at."""
    panels: list[HomePanel] = []
    if has_role_anywhere(viewer, Role.LEARNER, Role.REP):
        path = path_of_learning(viewer=viewer)
        due = [row for row in path if row.state != "done"]
        words = {"begun": "Go on with", "new": "Begin", "changed": "The rule was taught anew:"}
        items = [
            HomeItem(
                title=f"{words[row.state]} {row.version.content['walkthrough']['title']}",
                url=reverse("training:walkthrough", args=[row.key]),
                detail=f"step {row.position + 1} of {row.steps}, about {row.minutes_left} min",
                badge="next step" if place == 0 else None,
            )
            for place, row in enumerate(due[:5])
        ]
        panels.append(HomePanel("training", "Your path", 10 if has_role_anywhere(viewer, Role.LEARNER) else 50, items,
                                "You have completed every walkthrough." if path else "There is no training yet.",
                                reverse("training:home"), total=len(due)))  # fmt: skip
    if has_role_anywhere(viewer, Role.OWNER, Role.STEWARD):
        mine = [review for review in open_reviews() if BriefPolicy().can(viewer, "confirm_fit", review.brief)]
        items = [
            HomeItem(
                title=f"Brief of {review.brief.segment.key}",
                url=reverse("training:brief", args=[review.brief.segment.key]),
                detail=f"The rule is at version {review.segment_version_number} now. Does the brief still fit?",
                at=review.opened_at,
                badge="to look at",
                urgent=True,
            )
            for review in mine[:6]
        ]
        if items:
            panels.append(HomePanel("training-behind", "Briefs behind their rule", 41, items, "", total=len(mine)))
    return panels
