"""What an author picks by name in a statement: moments of truth, attributes, metrics; never a key to type."""

from collections.abc import Iterable, Sequence
from typing import Any

from aims.selectors import known_moments, moments
from customers.choices import AttributeType
from reviews.selectors.drafting import KnownAttribute
from taxonomy.choices import DefinitionType
from taxonomy.selectors import objectives_for
from taxonomy.selectors.definitions import words_for

Choices = list[tuple[str, str]]
Groups = list[tuple[str, str | Choices]]

_NUMBERS = (AttributeType.NUMBER,)
_AVERAGED = (*_NUMBERS, AttributeType.BOOLEAN)


def moment_choices(stood: Sequence[str]) -> tuple[Choices, list[str]]:
    """(the moments in force and those that stood, the references of those that stood): a name becomes its reference."""
    in_force = moments()
    found, unknown = known_moments(stood) if stood else ([], [])
    listed = [(row.ref, f"{row.name} ({row.journey_name}, {row.stage_name})") for row in in_force]
    gone = [(ref, f"{ref} (no journey has it any more)") for ref in unknown]
    return [*listed, *gone], [*(row.ref for row in found), *unknown]


def number_choices(known: Sequence[KnownAttribute], stood: str = "") -> Choices:
    """The attributes with numbers, by label."""
    return _with(stood, _attributes(known, _NUMBERS))


def metric_choices(viewer: Any, stood: str = "") -> Choices:
    """The metrics of the glossary, by name."""
    return _with(stood, [(word.key, word.name) for word in words_for(viewer=viewer, kind=DefinitionType.METRIC)])


def measure_choices(viewer: Any, known: Sequence[KnownAttribute], stood: Iterable[str] = ()) -> Groups:
    """What an assumption can be measured by: an attribute's average, or the metric of an objective, as `part:key`."""
    averaged = [(f"attribute:{key}", label) for key, label in _attributes(known, _AVERAGED)]
    aimed = [(f"metric:{row.key}", f"{row.name}: {row.metric}") for row in objectives_for(viewer=viewer)]
    listed = {key for key, _ in (*averaged, *aimed)}
    gone = [(each, each.partition(":")[2]) for each in dict.fromkeys(stood) if each and each not in listed]
    groups: Groups = [("Average over the members", averaged), ("Metric of an objective", aimed), ("As it stood", gone)]
    return [("", "Not measured"), *(group for group in groups if group[1])]


def _attributes(known: Sequence[KnownAttribute], types: Sequence[str]) -> Choices:
    rows = [row for row in known if row.type in types]
    return [(row.key, f"{row.label}, {row.unit}" if row.unit else row.label) for row in rows]


def _with(stood: str, listed: Choices) -> Choices:
    known = {key for key, _ in listed}
    return [("", "Not predicted"), *listed, *([(stood, stood)] if stood and stood not in known else [])]
