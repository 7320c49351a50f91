"""What a change of a rule means, all in one: its class, its clauses, and what is and what can be in each region."""

from dataclasses import dataclass
from typing import Any

from memberships.selectors.masked_previews import said
from memberships.selectors.regions import Example, ShownRegions, regions_for
from taxonomy.rules import Rule
from taxonomy.selectors import Comparison, comparison_of
from taxonomy.selectors.comparison import Region

_TITLES = {
    "only_old": "Only under the old rule",
    "both": "Under both rules",
    "only_new": "Only under the new rule",
}


@dataclass(frozen=True)
class Part:
    """One region of two rules on a page; `share` and `offset` are percents; `said` is empty if nothing was counted."""

    name: str
    title: str
    region: Region
    said: str
    share: float
    offset: float
    example: Example | None


@dataclass(frozen=True)
class Meaning:
    """A change from an old to a new effective rule for one viewer: what is proved, and what is observed."""

    comparison: Comparison
    regions: ShownRegions

    @property
    def counts(self) -> dict[str, int | str]:
        """The counts of the regions; where nobody can be, that is known without counting, so it is no secret."""
        regions = self.comparison.regions
        return {
            name: 0 if isinstance(count, str) and regions[name].is_impossible else count
            for name, count in self.regions.counts.items()
        }

    @property
    def parts(self) -> list[Part]:
        """The regions from the old rule to the new one."""
        counts = self.counts
        figures = {name: count if isinstance(count, int) else 0 for name, count in counts.items()}
        whole = sum(figures.values()) or 1
        found: list[Part] = []
        offset = 0.0
        for name, title in _TITLES.items():
            share = 100 * figures.get(name, 0) / whole
            told = said(counts[name], exact=self.regions.exact or counts[name] == 0) if name in counts else ""
            example = self.regions.examples.get(name)
            found.append(Part(name, title, self.comparison.regions[name], told, share, offset, example))
            offset += share
        return found

    @property
    def seen(self) -> str:
        """What was observed on the newest build, in a sentence; it proves nothing."""
        if not self.regions.counts:
            return ""
        leave, stay, enter = (part.said for part in self.parts)
        return f"{leave} would leave, {enter} would enter and {stay} would stay"


def meaning_for(viewer: Any, old: Rule, new: Rule) -> Meaning:
    """What the change means, for the viewer's eyes; what is returned may be shown as it is."""
    return Meaning(comparison_of(old, new, viewer=viewer), regions_for(viewer, old, new))
