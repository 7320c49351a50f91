"""Turns entries into sentences by the templates that the event classes declare."""

import functools
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps

from common.events import Event


@functools.cache
def sentences() -> dict[str, str]:
    """Event name -> sentence template, collected from `<app>.events` of every installed app."""
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.events"):
            import_module(f"{config.name}.events")
    return {kind.name: kind.sentence for kind in all_kinds(Event)}


def all_kinds(base: type[Event]) -> list[type[Event]]:
    return [
        kind for direct in base.__subclasses__() for kind in (direct, *all_kinds(direct)) if "name" in kind.__dict__
    ]


_CODES = frozenset({"verdict", "kind", "move"})
"""Fields of events whose values are codes of a choice, as `request_changes`; keys of things stay as they are."""


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def sentence_of(entry: Any) -> str:
    """What happened, as a clause that reads after the actor's name; the event's name where no sentence is declared."""
    template = sentences().get(entry.event)
    if not template:
        return str(entry.event).replace(".", " ").replace("_", " ")
    return template.format_map(_Lenient({name: _plain(name, value) for name, value in entry.payload.items()}))


def _plain(name: str, value: Any) -> Any:
    return value.replace("_", " ") if name in _CODES and isinstance(value, str) else value
