"""Who sends the events of a source, and what they may set."""

from collections.abc import Collection
from typing import Final

from accounts.selectors import write_keys
from common.actors import SYSTEM
from customers.policies import visible_sensitivities

# The source of tokens that name none (see services.receiving_events).
_NAMELESS: Final = "events"


def sensitivities_open_to(source_keys: Collection[str]) -> dict[str, frozenset[str]]:
    """Source -> sensitivities of the attributes that its programs may set: what the holders of its write keys see.

    A source without any write key is the portal's own.
    """
    wanted = {"" if key == _NAMELESS else key for key in source_keys} | ({_NAMELESS} & set(source_keys))
    seen: dict[str, set[str]] = {}
    users: dict[int, list[str]] = {}
    for token in write_keys(wanted):
        source_key = token.source_key or _NAMELESS
        if token.user_id not in users:
            users[token.user_id] = visible_sensitivities(token.user)
        seen.setdefault(source_key, set()).update(users[token.user_id])
    everything = visible_sensitivities(SYSTEM)
    return {key: frozenset(seen.get(key, everything)) for key in source_keys}
