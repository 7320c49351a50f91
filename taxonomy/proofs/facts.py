"""The declared facts that a proof rests on, and their digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from taxonomy.rules import AttributeFacts

_COUNTED = ("number", "date", "timestamp")


def declared_orders(catalogue: Mapping[str, AttributeFacts]) -> list[tuple[str, str]]:
    """Every (later, earlier) of `not_before` whose two attributes exist and are of one type that is counted."""
    found = []
    for key, facts in catalogue.items():
        earlier = catalogue.get(facts.not_before) if facts.not_before and facts.not_before != key else None
        if earlier is not None and facts.not_before and earlier.type == facts.type and facts.type in _COUNTED:
            found.append((key, facts.not_before))
    return found


def related_keys(
    catalogue: Mapping[str, AttributeFacts], keys: Iterable[str], *, only_always_known: bool = False
) -> tuple[str, ...]:
    """The keys and all that declared orders join them to, directly or not, in order.

    `only_always_known` leaves out those that may be missing: such an attribute says nothing about the others, as long
    as no rule reads it.
    """
    neighbours: dict[str, set[str]] = {}
    for later, earlier in declared_orders(catalogue):
        neighbours.setdefault(later, set()).add(earlier)
        neighbours.setdefault(earlier, set()).add(later)
    found, waiting = set(keys), list(keys)
    while waiting:
        for neighbour in neighbours.get(waiting.pop(), ()):
            if neighbour not in found and (catalogue[neighbour].is_always_known or not only_always_known):
                found.add(neighbour)
                waiting.append(neighbour)
    return tuple(sorted(found))


def facts_digest(catalogue: Mapping[str, AttributeFacts], keys: Iterable[str]) -> str:
    """SHA-256 of the declared facts that a proof about these attributes rests on.

    With the digests of the rules and the version of the prover it is the key of a stored proof.
    """
    rested_on = {key: _told(catalogue[key]) for key in related_keys(catalogue, list(keys)) if key in catalogue}
    return hashlib.sha256(json.dumps(rested_on, sort_keys=True).encode()).hexdigest()


def _told(facts: AttributeFacts) -> list[object]:
    return [
        facts.type,
        None if facts.choices is None else sorted(facts.choices),
        None if facts.minimum is None else str(facts.minimum),
        None if facts.maximum is None else str(facts.maximum),
        facts.is_whole,
        facts.is_always_known,
        facts.not_before,
    ]
