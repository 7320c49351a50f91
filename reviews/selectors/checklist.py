"""The creation checklist of a segment, filled in: what speaks for it, what against, and what nobody could look at."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from common.actors import SYSTEM
from common.errors import DomainError
from customers.selectors import attribute_lines_for, freshness_of
from memberships.selectors import (
    CreationEvidence,
    HoldOutReading,
    Stability,
    creation_evidence,
    hold_out_of,
    stability_of,
)
from playbooks import selectors as playbooks
from reviews.choices import CheckStatus
from taxonomy import selectors as taxonomy
from taxonomy.choices import COMPLEXITY_BUDGET
from taxonomy.rules import Rule, attributes_used, clauses, complexity, conjoin, segments_used, to_words
from taxonomy.selectors.warnings import warnings_about_rule

SMALLEST = 100
SMALL = 5
CLOSEST = 0.5
WHOLE = 0.95
ACTIVATION = "marketing"
_WORDS = {"clauses": "conditions", "depth": "levels", "attributes": "attributes"}


@dataclass(frozen=True)
class Line:
    """One question of the checklist with its answer; `remedy` says what to do unless it passed."""

    title: str
    status: CheckStatus
    reason: str
    remedy: str = ""


@dataclass(frozen=True)
class Candidate:
    """What is looked at: the own rule below those of its parents. `is_in_force`: its published history is its own."""

    key: str
    parent_key: str | None
    rule: Rule
    above: Sequence[Rule]
    owners: Mapping[str, str]
    warnings: Sequence[Mapping[str, Any]]
    is_in_force: bool

    @property
    def effective(self) -> Rule:
        """The rule that decides who is in."""
        return reduce(conjoin, [*self.above, self.rule])


def checklist_of(candidate: Candidate) -> list[Line]:
    """Every line of the checklist, in reading order; nothing is left out for want of data, it says so instead."""
    counted, why_not = _counted(candidate)
    tested, why_not_tested = _tested(candidate)
    return [
        _complexity(candidate.rule),
        _size(counted, why_not),
        _hold_out(tested, why_not_tested),
        _stability(candidate, tested, why_not_tested),
        _separability(counted, why_not, is_root=candidate.parent_key is None),
        _actionability(candidate),
        _data(candidate),
        _ethics(candidate),
    ]


def checklist_in_force(key: str) -> list[Line]:
    """The checklist of the version in force; none for a retired segment."""
    live = taxonomy.live_content(key)
    if live is None:
        return []
    content = dict(live.content)
    above = taxonomy.rules_above(content["parent"])
    rule = taxonomy.read_rule(content["rule"], taxonomy.stored_catalogue())
    warnings = warnings_about_rule(rule, above, taxonomy.rule_catalogue())
    candidate = Candidate(key, content["parent"], rule, above, content["owners"], warnings, is_in_force=True)
    return checklist_of(candidate)


def _counted(candidate: Candidate) -> tuple[CreationEvidence | None, str]:
    try:
        return creation_evidence(candidate.effective, key=candidate.key, parent_key=candidate.parent_key), ""
    except DomainError as refused:
        return None, refused.detail


def _tested(candidate: Candidate) -> tuple[HoldOutReading | None, str]:
    try:
        return hold_out_of(candidate.effective, candidate.key), ""
    except DomainError as refused:
        return None, refused.detail


def _complexity(rule: Rule) -> Line:
    """Whether people can read the rule: conditions, nesting and attributes against the budget."""
    found = complexity(rule)
    figures = [f"{getattr(found, name)} of {most} {_WORDS[name]}" for name, most in COMPLEXITY_BUDGET.items()]
    told = f"{', '.join(figures)}."
    if all(getattr(found, name) <= most for name, most in COMPLEXITY_BUDGET.items()):
        return Line("Complexity", CheckStatus.PASS, told)
    largest = max(clauses(rule), key=lambda part: complexity(part).clauses)
    size = complexity(largest).clauses
    remedy = "Split the rule: put half of its conditions into a segment of their own and refer to that."
    if size > 1:
        words = to_words(largest, taxonomy.rule_catalogue())
        shown = words if len(words) < 160 else words[:157].rstrip() + "…"
        remedy = f"Make a segment of the largest part, which has {size} of the conditions, and refer to it: {shown}."
    return Line("Complexity", CheckStatus.WARN, f"Over the budget of what people can read: {told}", remedy)


def _size(counted: CreationEvidence | None, why_not: str) -> Line:
    if counted is None:
        return _not_run("Size", why_not)
    share = f" ({counted.size / counted.population:.1%} of all)" if counted.size >= SMALL and counted.population else ""
    told = f"{_count(counted.size)} customers{share}, counted on profile build {counted.build}."
    if counted.size < SMALLEST:
        remedy = f"Widen the rule, or say in the rationale why fewer than {SMALLEST} customers deserve a segment."
        return Line("Size", CheckStatus.WARN, told, remedy)
    if counted.parent_size and counted.size > WHOLE * counted.parent_size:
        told += f" That is {counted.size / counted.parent_size:.0%} of its parent."
        return Line("Size", CheckStatus.WARN, told, "It hardly narrows its parent: use the parent, or narrow the rule.")
    return Line("Size", CheckStatus.PASS, told)


def _hold_out(tested: HoldOutReading | None, why_not: str) -> Line:
    if tested is None:
        return _not_run("Hold-out", why_not)
    status = CheckStatus.PASS if tested.verdict == "holds" else CheckStatus.WARN
    told = f"{tested.title}. {' '.join(tested.sentences)} Profile build {tested.build}."
    return Line("Hold-out", status, told, tested.remedy)


def _stability(candidate: Candidate, tested: HoldOutReading | None, why_not: str) -> Line:
    """How steady its members were over the last days; without a history, what the hold-out says."""
    found = _measured(candidate.key) if candidate.is_in_force else None
    if found is not None:
        known = [f"{index.title} {index.words}" for index in found.indices if index.value is not None]
        told = f"{'; '.join(known)}, from {found.since:%-d %B} to {found.until:%-d %B %Y}."
        if not found.restless:
            return Line("Stability", CheckStatus.PASS, told)
        return Line("Stability", CheckStatus.WARN, told, " ".join(index.remedy for index in found.restless))
    short = "Its history is too short" if candidate.is_in_force else "The rule is new and has no history"
    if tested is None:
        return _not_run("Stability", f"{short}, and the hold-out could not be tested: {why_not}")
    status = CheckStatus.PASS if tested.verdict == "holds" else CheckStatus.WARN
    return Line("Stability", status, f"{short}; the hold-out stands in: {tested.title.lower()}.", tested.remedy)


def _measured(key: str) -> Stability | None:
    try:
        return stability_of(key, viewer=SYSTEM)
    except DomainError:
        return None


def _separability(counted: CreationEvidence | None, why_not: str, *, is_root: bool) -> Line:
    if counted is None:
        return _not_run("Separability", why_not)
    if not counted.siblings:
        place = "no other root" if is_root else "no sibling"
        return Line("Separability", CheckStatus.PASS, f"There is {place} to be mixed up with.")
    closest = counted.siblings[0]
    told = f"Closest is “{closest.name}”: {closest.jaccard:.0%} of those in either are in both (Jaccard)."
    if closest.jaccard < CLOSEST:
        return Line("Separability", CheckStatus.PASS, told)
    return Line(
        "Separability", CheckStatus.WARN, told, f"Say what {closest.key} does not give, or change that instead."
    )


def _actionability(candidate: Candidate) -> Line:
    missing, remedies = [], []
    if playbooks.live_content(candidate.key) is None:
        missing.append("no playbook says how to act")
        remedies.append("Propose a playbook.")
    if len({name for name in candidate.owners.values() if name}) == 0 or not all(candidate.owners.values()):
        missing.append("an owner is missing")
        remedies.append("Name three owners.")
    if closed := _without_right(candidate.effective):
        missing.append(f"{', '.join(closed)} may not be used for {ACTIVATION}")
        remedies.append("Ask the steward for the purpose, or leave the attribute out.")
    if missing:
        return Line("Actionability", CheckStatus.WARN, f"{'; '.join(missing)}.".capitalize(), " ".join(remedies))
    told = f"It has a playbook and its owners, and all its attributes may be used for {ACTIVATION}."
    return Line("Actionability", CheckStatus.PASS, told)


def _without_right(rule: Rule) -> list[str]:
    """Labels of the attributes that the rule reads and that declare purposes without activation."""
    read = attributes_used(rule)
    return [
        line.attribute.label
        for line in attribute_lines_for(viewer=SYSTEM)
        if line.attribute.key in read and line.attribute.purposes and ACTIVATION not in line.attribute.purposes
    ]


def _data(candidate: Candidate) -> Line:
    read = attributes_used(candidate.effective)
    lines = [line for line in attribute_lines_for(viewer=SYSTEM) if line.attribute.key in read]
    faults = list(_data_faults(lines))
    if faults:
        remedy = "Ask the steward of the source to mend it before the segment is used."
        return Line("Data", CheckStatus.WARN, f"{'; '.join(faults)}.", remedy)
    if not lines:
        return Line("Data", CheckStatus.PASS, "It reads no attribute.")
    lowest = min(lines, key=lambda line: line.quality.rate if line.quality.rate is not None else 2.0)
    rate = f"{lowest.quality.rate:.0%}" if lowest.quality.rate is not None else "not measured"
    return Line(
        "Data", CheckStatus.PASS, f"All sources are fresh; the lowest fill rate is {rate} ({lowest.attribute.label})."
    )


def _data_faults(lines: Sequence[Any]) -> Iterator[str]:
    freshness = freshness_of(viewer=SYSTEM)
    for line in lines:
        if line.quality.rate is None:
            yield f"{line.attribute.label} was never measured"
        elif line.is_below_threshold:
            yield f"{line.attribute.label} is known of {line.quality.rate:.0%} of customers only"
    for key in dict.fromkeys(line.attribute.source.key for line in lines if line.attribute.source):
        if freshness[key].state != "fresh":
            yield f"{freshness[key].source.name} is {freshness[key].state}"


def _ethics(candidate: Candidate) -> Line:
    """Sensitive data and stereotypes, as the remarks about the rule and the uses of its attributes tell them."""
    codes = ("sensitive_attribute", "only_demographic")
    found = [str(item["detail"]) for item in candidate.warnings if item["code"] in codes]
    if found:
        remedy = "Take it out, or say in the rationale why the segment cannot do without it."
        return Line("Ethics", CheckStatus.WARN, " ".join(found), remedy)
    refers = segments_used(candidate.effective)
    rest = f" It refers to {', '.join(refers)}; look there too." if refers else ""
    return Line("Ethics", CheckStatus.PASS, f"It reads no sensitive attribute and not demographics alone.{rest}")


def _not_run(title: str, why_not: str) -> Line:
    return Line(
        title, CheckStatus.WARN, f"Not looked at: {why_not}", "Import customers or recompute, then submit again."
    )


def _count(number: int) -> str:
    return f"fewer than {SMALL}" if 0 < number < SMALL else f"{number:,}"
