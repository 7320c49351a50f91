"""What the editor tells while a rule is written: whom it selects, clause by clause, and what to look at twice."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from common.errors import DomainError
from customers.selectors import AttributeLine, attribute_lines_for, freshness_of
from memberships.errors import NotComputed
from memberships.policies import MembershipPolicy
from memberships.selectors import ShownPreview, ShownStep, preview_for
from memberships.selectors.masked_previews import VAGUE, rounded, said
from memberships.selectors.whatif import counts_on_newest
from reviews.selectors.rule_states import Reading
from taxonomy.choices import COMPLEXITY_BUDGET
from taxonomy.rules import Rule, attributes_used, cautions, clauses, complexity, conjoin, to_tree
from taxonomy.rules.nodes import Condition
from taxonomy.rules.sketch import Clause, Group, Part
from taxonomy.rules.text import condition_text
from taxonomy.selectors import RuleReading, parse_for, rule_catalogue_for, rule_reading_for
from taxonomy.selectors.effective import rules_above
from taxonomy.selectors.proving import findings_about

MOST_COUNTED = 60
_OF_CLAUSES = ("seldom_meant", "sensitive_attribute", "repeats_parent", "complexity")


@dataclass(frozen=True)
class PartLook:
    """One part: of those who came so far `kept` stay and `dropped` go, or, inside groups, `alone` fit it by itself.

    Figures are ready to be shown; `share` is how many the bar beside them stands for, where that may be known.
    """

    id: int
    kept: str = ""
    dropped: str = ""
    alone: str = ""
    share: int | None = None
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Measure:
    """One measure of how much there is to understand, and how much people still read."""

    name: str
    value: int
    budget: int

    @property
    def noun(self) -> str:
        """What is counted, for this many."""
        one = {"clauses": "clause", "attributes": "attribute", "depth": "level"}[self.name]
        return one if self.value == 1 else f"{one}s"

    @property
    def is_over(self) -> bool:
        """Whether fewer people will be able to read it."""
        return self.value > self.budget


@dataclass(frozen=True)
class Look:
    """What the portal understood of a rule being written, or what is wrong with it as a whole."""

    reading: Reading
    rule: RuleReading | None = None
    preview: ShownPreview | None = None
    not_computed: str = ""
    fault: str = ""
    line: int = 0
    column: int = 0
    measures: list[Measure] = field(default_factory=list)
    parts: list[PartLook] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def is_partial(self) -> bool:
        """Whether something unfinished was left out."""
        return self.reading.rule is None and self.rule is not None

    @property
    def share(self) -> int:
        """How many the bar beside the total stands for."""
        return self.preview.count if self.preview and isinstance(self.preview.count, int) else 0


def look_at(viewer: Any, reading: Reading, parent_key: str | None) -> Look:
    """The rule as far as it is finished, with its size on the newest build, for the viewer's eyes."""
    if reading.partial is None:
        place = reading.fault.place if reading.fault else None
        told = reading.fault.detail if reading.fault else ""
        return Look(reading, fault=told, line=(place and place.line) or 0, column=(place and place.column) or 0)
    tree = to_tree(reading.partial)
    try:
        rule = rule_reading_for(viewer, tree, parent_key)
        effective = parse_for(viewer, tree, parent_key)
    except DomainError as refused:
        return Look(reading, fault=str((refused.errors or [{}])[0].get("detail") or refused))
    try:
        preview, reason = preview_for(viewer, effective), ""
    except NotComputed as why:
        preview, reason = None, why.detail
    parts = _Parts(viewer, reading, rule, rules_above(parent_key))
    return Look(
        reading,
        rule,
        preview,
        reason,
        measures=_measures(reading.partial),
        parts=list(parts.looks(preview)),
        remarks=[item["detail"] for item in rule.warnings if item["code"] not in _OF_CLAUSES],
    )


def _measures(rule: Rule) -> list[Measure]:
    sizes = complexity(rule)
    return [Measure(name, getattr(sizes, name), most) for name, most in COMPLEXITY_BUDGET.items()]


class _Parts:
    """Looks at the parts of a sketch; what several need is read once."""

    def __init__(self, viewer: Any, reading: Reading, rule: RuleReading, above: list[Rule]) -> None:
        self.viewer = viewer
        self.sketch = reading.sketch
        self.conditions = reading.built.conditions
        self.rule = rule
        self.above = above
        self.catalogue = rule_catalogue_for(viewer)
        self.inherited = {clause.condition for part in above for clause in clauses(part)}
        self.lines = {line.attribute.key: line for line in attribute_lines_for(viewer=viewer)}
        self.is_exact = MembershipPolicy().can(viewer, "view_members")
        self.sources = freshness_of(viewer=viewer)

    def looks(self, preview: ShownPreview | None) -> Iterator[PartLook]:
        """Every sound part below the root, in reading order."""
        root = self.sketch.root
        steps = self._steps(preview) if preview and root.joiner == "all" else {}
        alone = self._alone(steps) if preview else {}
        for part in _below(root):
            condition = self.conditions.get(part.id)
            if condition is None:
                continue
            remarks = self._remarks(condition) if isinstance(part, Clause) else []
            kept, dropped = steps.get(part.id, (None, None))
            by_itself = alone.get(part.id)
            share = kept if isinstance(kept, int) else by_itself if isinstance(by_itself, int) else None
            figures = (self._said(kept), self._said(dropped), self._said(by_itself))
            yield PartLook(part.id, *figures, share, remarks)

    def _said(self, count: int | str | None) -> str:
        return "" if count is None else said(count, exact=self.is_exact)

    def _steps(self, preview: ShownPreview) -> dict[int, tuple[int | str, int | str]]:
        """Kept and dropped of the parts that all must hold; the parents' clauses come before them in the funnel."""
        parts = [part for part in self.sketch.root.parts if part.id in self.conditions]
        sizes = [len(clauses(Rule(self.conditions[part.id]))) for part in parts]
        own = preview.funnel[-sum(sizes) :] if sizes else []
        if len(own) != sum(sizes) or any(step.is_hidden for step in own):
            return {}
        found: dict[int, tuple[int | str, int | str]] = {}
        for part, size in zip(parts, sizes, strict=True):
            taken, own = own[:size], own[size:]
            found[part.id] = (taken[-1].kept, _together(taken))
        return found

    def _alone(self, steps: dict[int, tuple[int | str, int | str]]) -> dict[int, int | str]:
        """How many of the parents' customers fit each part by itself, where a funnel says nothing."""
        asked = {
            str(part.id): Rule(self.conditions[part.id])
            for part in _below(self.sketch.root)
            if part.id in self.conditions and part.id not in steps
        }
        if not asked or len(asked) > MOST_COUNTED:
            return {}
        for rule in self.above:
            asked = {name: conjoin(rule, own) for name, own in asked.items()}
        try:
            counted = counts_on_newest(asked)
        except NotComputed:
            return {}
        return {int(name): count if self.is_exact else rounded(count) for name, count in counted.items()}

    def _remarks(self, condition: Condition) -> list[str]:
        own = Rule(condition)
        found = [*cautions(own, self.catalogue)]
        if condition in self.inherited:
            found.append("A parent's rule says this already and always counts, so leave it out.")
        for key in attributes_used(own):
            if key in self.lines:
                found += self._of_attribute(self.lines[key])
        return found

    def _of_attribute(self, line: AttributeLine) -> Iterator[str]:
        attribute = line.attribute
        label = attribute.label or attribute.key
        if attribute.sensitivity in ("personal", "special"):
            word = attribute.get_sensitivity_display().lower()
            yield f"{label} is {word} data. Say in the rationale why the segment cannot do without it."
        if line.quality.rate is not None and (line.is_below_threshold or line.quality.rate < 0.5):
            yield f"Only {line.quality.rate:.0%} of the customers have a value here; all others are left out."
        source = self.sources.get(attribute.source.key) if attribute.source else None
        if source is not None and source.state == "stale":
            yield f"{source.source.name}, where it comes from, has not delivered in time."


def _below(group: Group) -> Iterator[Part]:
    for part in group.parts:
        yield part
        if isinstance(part, Group):
            yield from _below(part)


def _together(steps: list[ShownStep]) -> int | str:
    dropped = [step.dropped for step in steps]
    whole = [count for count in dropped if isinstance(count, int)]
    return sum(whole) if len(whole) == len(dropped) else VAGUE


def proved_about(reading: Reading, parent_key: str | None) -> dict[int, list[str]]:
    """What is proved to be wrong, by the part it is about; 0 stands for the rule as a whole."""
    if reading.rule is None:
        return {}
    above = rules_above(parent_key)
    within = None
    for rule in above:
        within = rule if within is None else conjoin(within, rule)
    places: dict[str, int] = {}
    for part in _below(reading.sketch.root):
        if part.id in reading.built.conditions:
            places.setdefault(condition_text(reading.built.conditions[part.id]), part.id)
    found: dict[int, list[str]] = {number: [] for number in (0, *places.values())}
    for finding in findings_about(reading.rule, within):
        if finding.code != "undecided" and finding.words:
            found.setdefault(places.get(finding.clause, 0), []).append(finding.words)
    return found
