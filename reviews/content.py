"""Content of any subject as text that people can compare."""

from collections.abc import Mapping
from typing import Any


def plain(value: Any) -> str:
    """Any content value as text that people can compare, one item of a list per line."""
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "\n".join(_item(item) for item in value)
    if isinstance(value, Mapping):
        return "\n".join(f"{str(name).replace('_', ' ')}: {plain(item)}" for name, item in value.items() if plain(item))
    return str(value)


def _item(value: Any) -> str:
    if isinstance(value, Mapping):
        return " — ".join(text for text in (plain(part).replace("\n", "; ") for part in value.values()) if text)
    return plain(value).replace("\n", "; ")
