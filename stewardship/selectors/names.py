"""Names for what upkeep keeps by key: segments and people."""

from collections.abc import Iterable
from typing import Any

from accounts.selectors import people_for
from taxonomy.selectors import headings
from taxonomy.selectors.upkeep import segments_in_force


def segment_names(*keys: str) -> dict[str, str]:
    """Key -> name of these segments as last enacted; no query where no key is given."""
    wanted = {key for key in keys if key}
    return {key: found.name for key, found in headings(wanted).items()} if wanted else {}


def people_names(viewer: Any, usernames: Iterable[str]) -> list[str]:
    """The names of these people in their order; who is not known any more keeps the user name."""
    wanted = list(usernames)
    if not wanted:
        return []
    known = {each.get_username(): str(each) for each in people_for(viewer=viewer).filter(username__in=wanted)}
    return [known.get(name, name) for name in wanted]


def segment_choices() -> list[tuple[str, str]]:
    """(key, name with the number of levels above it as dashes) of every segment in use, by its place in the tree."""
    rows = {each.key: each for each in segments_in_force()}
    names = {key: row.name for key, row in rows.items()}
    ordered = sorted(rows.values(), key=lambda row: [names.get(above, above) for above in row.path])
    return [(row.key, f"{'– ' * (len(row.path) - 1)}{row.name}") for row in ordered]
