"""The declared facts that a proof rests on, and their digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from taxonomy.rules import AttributeFacts


def related_keys(catalogue: Mapping[str, AttributeFacts], keys: Iterable[str]) -> tuple[str, ...]:
    """The keys and all that declared orders (`not_before`) join them to, directly or not, in order."""
    neighbours: dict[str, set[str]] = {}
    for key, facts in catalogue.items():
        other = catalogue.get(facts.not_before) if facts.not_before else None
        if other is not None and facts.not_before and other.type == facts.type:
            neighbours.setdefault(key, set()).add(facts.not_before)
            neighbours.setdefault(facts.not_before, set()).add(key)
    found, waiting = set(keys), list(keys)
    while waiting:
        for neighbour in neighbours.get(waiting.pop(), ()):
            if neighbour not in found:
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
