"""Named values of a rule as people read them: in words, as candidates for a name, and as differences."""

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from taxonomy.rules import AttributeFacts, Rule
from taxonomy.rules.thresholds import OPERATORS, Candidate, Place, candidates, value_as_json
from taxonomy.rules.types import facts_of
from taxonomy.rules.words import value_words

_SAID = {
    ">=": "at least",
    ">": "more than",
    "<=": "at most",
    "<": "less than",
    "=": "exactly",
    "<>": "anything but",
    "from": "from",
    "to": "up to",
}
_SAID_OF_DATES = {">=": "on or after", ">": "after", "<=": "on or before", "<": "before", "=": "on"}


@dataclasses.dataclass(frozen=True)
class Threshold:
    """One value of a rule for people. `name` and `label` are empty while nobody named it."""

    candidate: Candidate
    name: str
    label: str
    attribute_label: str
    unit: str

    @property
    def title(self) -> str:
        """What it is called; without a name, what it is compared with."""
        return self.label or self.unnamed_title

    @property
    def unnamed_title(self) -> str:
        """The attribute and how it is compared with the value."""
        said = _SAID_OF_DATES if self.candidate.kind != "number" else {}
        operator = self.candidate.place.operator
        return f"{self.attribute_label} {said.get(operator, _SAID[operator])}"

    @property
    def value_text(self) -> str:
        """The value as a field of a form holds it."""
        return str(value_as_json(self.candidate.value))

    @property
    def words(self) -> str:
        """The value with its unit."""
        return self.said(self.candidate.value)

    @property
    def place_text(self) -> str:
        """The place as one text, for forms and addresses; `place_of` reads it."""
        place = self.candidate.place
        return f"{place.occurrence}.{place.operator}.{place.attribute}"

    def said(self, value: Any) -> str:
        """Any value that could stand there, with its unit."""
        return value_words(value, "days ago" if self.candidate.kind == "days" else self.unit)


def place_of(text: str) -> Place | None:
    """The place that `Threshold.place_text` wrote, or None for anything else."""
    occurrence, _, rest = text.partition(".")
    operator, _, attribute = rest.partition(".")
    if occurrence.isdecimal() and len(occurrence) < 5 and operator in OPERATORS and attribute:
        return Place(attribute, operator, int(occurrence))
    return None


def thresholds_of(
    stored: Iterable[Mapping[str, Any]], rule: Rule, catalogue: Mapping[str, AttributeFacts]
) -> list[Threshold]:
    """All values of the rule that may have a name, the named ones first, each as far as it has one."""
    named = {_place(item): item for item in stored}
    found = [_shown(candidate, named.get(candidate.place, {}), catalogue) for candidate in candidates(rule)]
    return sorted(found, key=lambda each: not each.name)


def named_thresholds(
    stored: Iterable[Mapping[str, Any]], rule: Rule, catalogue: Mapping[str, AttributeFacts]
) -> list[Threshold]:
    """The values of the rule that have a name."""
    return [each for each in thresholds_of(stored, rule, catalogue) if each.name]


@dataclasses.dataclass(frozen=True)
class ThresholdChange:
    """What happened to one named value, in a sentence, with what it said before and after (empty: it had no name)."""

    name: str
    sentence: str
    old: str
    new: str


def threshold_changes(
    old: Iterable[Mapping[str, Any]], new: Iterable[Mapping[str, Any]], units: Mapping[str, str]
) -> list[ThresholdChange]:
    """The named values that appeared, vanished, were renamed or moved. `units`: attribute -> unit."""
    before, after = {item["name"]: item for item in old}, {item["name"]: item for item in new}
    found = []
    for name in {**after, **before}:
        was, item = before.get(name), after.get(name)
        if sentence := _sentence(was, item, units):
            lines = ["; ".join(threshold_lines([side], units)) if side else "" for side in (was, item)]
            found.append(ThresholdChange(name, sentence, *lines))
    return found


def stored_words(item: Mapping[str, Any], units: Mapping[str, str]) -> str:
    """The value of a stored threshold in words."""
    kind, value = item["kind"], item["value"]
    if kind in ("date", "timestamp"):
        return value_words(date.fromisoformat(value) if kind == "date" else datetime.fromisoformat(value))
    return value_words(value, "days ago" if kind == "days" else units.get(item["attribute"], ""))


def threshold_lines(stored: Iterable[Mapping[str, Any]], units: Mapping[str, str]) -> list[str]:
    """ "Minimum orders: 3 orders", one line each."""
    return [f"{item['label']}: {stored_words(item, units)}" for item in stored]


def attribute_units(catalogue: Mapping[str, AttributeFacts]) -> dict[str, str]:
    """Attribute key -> unit, of those that have one."""
    return {key: facts.unit for key, facts in catalogue.items() if facts.unit}


def _place(item: Mapping[str, Any]) -> Place:
    return Place(item["attribute"], item["operator"], item["occurrence"])


def _shown(candidate: Candidate, item: Mapping[str, Any], catalogue: Mapping[str, AttributeFacts]) -> Threshold:
    facts = facts_of(catalogue, candidate.place.attribute)
    label = (facts.label if facts else "") or candidate.place.attribute
    unit = facts.unit if facts and candidate.kind == "number" else ""
    return Threshold(candidate, item.get("name", ""), item.get("label", ""), label, unit)


def _sentence(was: Mapping[str, Any] | None, item: Mapping[str, Any] | None, units: Mapping[str, str]) -> str:
    if item is None:
        return f"{was['label']} has no name any more" if was else ""
    if was is None:
        return f"{item['label']} has a name now"
    renamed = f"{was['label']} is called {item['label']} now" if was["label"] != item["label"] else ""
    if was["value"] == item["value"] and was["kind"] == item["kind"]:
        return renamed
    moved = f"{item['label']} {_moved(was, item)} from {_bare(was)} to {stored_words(item, units)}"
    return f"{renamed}; {moved}" if renamed else moved


def _moved(was: Mapping[str, Any], item: Mapping[str, Any]) -> str:
    if type(was["value"]) is str or type(item["value"]) is str or was["kind"] != item["kind"]:
        return "moved"
    return "raised" if item["value"] > was["value"] else "lowered"


def _bare(item: Mapping[str, Any]) -> str:
    return stored_words(item, {}).removesuffix(" days ago")
