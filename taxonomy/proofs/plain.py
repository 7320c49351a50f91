"""Witnesses that people can take in: nothing missing that need not be, dates of our time, no needless elements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from taxonomy.proofs.answers import Witness
from taxonomy.proofs.fields import ClassField
from taxonomy.proofs.possible import Possible
from taxonomy.proofs.shapes import decode

_MOST_TRIES = 6
_FAR = 60 * 365
_FIRST_GUESSES: dict[str, tuple[Any, ...]] = {"number": (1, 0), "text": ("a",), "boolean": (True, False)}
# Where the days around today do not fit: days that everybody takes for made up, rather than the first day there is.
_EARLIER = (datetime(2016, 1, 1, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC))


def made_plain(witness: Witness, possible: Possible, fits: Callable[[Witness], bool]) -> Witness:
    """The witness with plainer values wherever it still fits."""
    for key in witness.attributes:
        value = witness.attributes[key]
        if value is None or _is_far(value, witness.as_of):
            witness = _first_fitting(witness, key, _plainer(witness, key, possible), fits)
        elif isinstance(value, frozenset):
            for element in sorted(value):
                fewer = (witness.attributes[key] - {element},)
                witness = _first_fitting(witness, key, iter(fewer), fits)
    # A day may have waited for one that must not be before it.
    for key in [key for key, value in witness.attributes.items() if _is_far(value, witness.as_of)]:
        witness = _first_fitting(witness, key, _plainer(witness, key, possible), fits)
    for key, is_in in witness.segments.items():
        tried = replace(witness, segments={**witness.segments, key: False})
        witness = tried if is_in and fits(tried) else witness
    return witness


def _first_fitting(witness: Witness, key: str, values: Iterator[Any], fits: Callable[[Witness], bool]) -> Witness:
    for value in islice(values, _MOST_TRIES):
        tried = replace(witness, attributes={**witness.attributes, key: value})
        if fits(tried):
            return tried
    return witness


def _plainer(witness: Witness, key: str, possible: Possible) -> Iterator[Any]:
    """Values that could stand for a missing or an odd one, the plainest first."""
    type_, field = possible.types[key], possible.fields.get(key)
    if type_ == "set":
        yield frozenset()
        yield from (frozenset((element,)) for element in possible.vocabulary.elements.get(key, ()))
    elif isinstance(field, ClassField):
        yield from (decode(type_, value) for value in field.classes.values)
    else:
        yield from _beside(witness, key, possible)
        yield from _FIRST_GUESSES.get(type_, ())


def _beside(witness: Witness, key: str, possible: Possible) -> Iterator[Any]:
    """What it is compared with, and the days around that."""
    type_ = possible.types[key]
    others = [witness.as_of] if type_ == "date" else []
    others += [
        value
        for other, value in witness.attributes.items()
        if other != key and other in possible.numbers and possible.types[other] == type_ and value is not None
    ]
    near = [value for value in others if not _is_far(value, witness.as_of)]
    yield from near
    yield from _EARLIER if type_ == "timestamp" else [day.date() for day in _EARLIER] if type_ == "date" else ()
    for value in near if type_ in ("date", "timestamp") else ():
        yield from (value - timedelta(days=1), value + timedelta(days=1))


def _is_far(value: Any, today: date) -> bool:
    if isinstance(value, datetime):
        value = value.date()
    return isinstance(value, date) and abs((value - today).days) > _FAR
