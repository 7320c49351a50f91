"""Made-up customers that witness what rules can do, in words, for one viewer's eyes."""

import dataclasses
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from taxonomy.proofs import Witness
from taxonomy.rules import AttributeFacts
from taxonomy.rules.words import label_words, scalar_words, text_words

NOT_KNOWN = "not known"


@dataclasses.dataclass(frozen=True)
class Value:
    """One value of a customer for reading: what it is called, and what it is."""

    label: str
    words: str


@dataclasses.dataclass(frozen=True)
class MadeUp:
    """A customer who does not exist, as one viewer may see it.

    `attributes` holds plain JSON values of the attributes that the viewer may see; `withheld` counts the others.
    `today` is what CURRENT_DATE was taken for, None where no rule reads it; `segments` answers for segments that were
    left open.
    """

    attributes: dict[str, Any]
    values: tuple[Value, ...]
    words: str
    withheld: int
    today: date | None
    segments: dict[str, bool]


def made_up(
    witness: Witness,
    catalogue: Mapping[str, AttributeFacts],
    visible: Collection[str],
    *,
    reads_today: bool,
) -> MadeUp:
    """The witness with the values that the viewer may see; a value of any other attribute would tell its threshold."""
    shown = {key: value for key, value in sorted(witness.attributes.items()) if key in visible}
    values = [Value(label_of(key, catalogue), value_words(value, catalogue.get(key))) for key, value in shown.items()]
    told = [_told(key, value, catalogue) for key, value in shown.items()]
    for key, is_member in sorted(witness.segments.items()):
        values.append(Value(f"In the segment {key}", "yes" if is_member else "no"))
        told.append(f"is {'' if is_member else 'not '}in the segment {text_words(key)}")
    if reads_today:
        values.append(Value("Today", scalar_words(witness.as_of)))
        told.append(f"today is {scalar_words(witness.as_of)}")
    return MadeUp(
        attributes={key: _plain(value) for key, value in shown.items()},
        values=tuple(values),
        words=", ".join(told),
        withheld=len(witness.attributes) - len(shown),
        today=witness.as_of if reads_today else None,
        segments=dict(sorted(witness.segments.items())),
    )


def value_words(value: Any, facts: AttributeFacts | None) -> str:
    """A customer's value in a table, with its unit."""
    if value is None:
        return NOT_KNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, set | frozenset | list | tuple):
        return ", ".join(text_words(item) for item in sorted(value)) or "nothing"
    words = scalar_words(value)
    if facts is None or facts.type != "number" or not facts.unit:
        return words
    return f"{words}%" if facts.unit == "%" else f"{words} {facts.unit}"


def label_of(key: str, catalogue: Mapping[str, AttributeFacts]) -> str:
    """What an attribute is called at the head of a line."""
    words = label_words(key, catalogue)
    return words[:1].upper() + words[1:]


def _told(key: str, value: Any, catalogue: Mapping[str, AttributeFacts]) -> str:
    verb = "holds" if isinstance(value, set | frozenset | list | tuple) else "is"
    return f"{label_words(key, catalogue)} {verb} {value_words(value, catalogue.get(key))}"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return sorted(value) if isinstance(value, set | frozenset) else value
