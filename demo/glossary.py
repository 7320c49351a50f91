"""Loads the company's words: each proposed and approved, then joined across functions, then given to the fields."""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any, Final

from accounts.selectors import user_by_username
from customers.selectors.fields import fields_for
from demo.documents import FOLDER, Ballot, Content, Pace, Proposal, Story
from demo.stories import play
from taxonomy.selectors.equivalences import equivalences_for
from taxonomy.selectors.mapping import mappings_for
from taxonomy.services.equivalences import offer_equivalence, sign_equivalence
from taxonomy.services.mapping import map_fields

_TYPES: Final = {"terms": "term", "metrics": "metric", "guidelines": "guideline"}
_REASONS: Final = (
    "I would have said it otherwise, but this is what we agreed at the table.",
    "Short, and my people understand it without being told.",
    "It says what is counted and what is left out. That was missing.",
)


@cache
def words() -> Content:
    """The document of words."""
    return tomllib.loads((FOLDER / "glossary.toml").read_text(encoding="utf-8"))


def word_stories() -> list[Story]:
    """A request for each word that the founding voters approve, and one for each that is put away for another."""
    found = [*_made(), *_put_away()]
    return [replace(story, pace=_pace(place)) for place, story in enumerate(found)]


def _pace(place: int) -> Pace:
    """The words were agreed in one week before the segments, a few each day."""
    ended = 84 - place / 5
    return Pace(begun=ended + 1 + place % 3, ended=ended)


def load_glossary(viewer: Any) -> int:
    """Afterwards all words stand, joined and mapped as written; how much of it was still to do."""
    played = sum(play(story, viewer=viewer) for story in word_stories())
    return played + _join(viewer) + _map()


def _made() -> Iterator[Story]:
    for table, kind in _TYPES.items():
        for entry in words()[table]:
            content = {name: value for name, value in entry.items() if name not in ("key", "successor")}
            yield _story("create", kind, entry["key"], f"New {kind}: {entry['name']}", content)


def _put_away() -> Iterator[Story]:
    for entry in words()["terms"]:
        if heir := entry.get("successor"):
            title = f"Deprecate the term {entry['name']}"
            yield _story("deprecate", "term", entry["key"], title, {"successor": heir})


def _story(kind: str, subject_type: str, key: str, title: str, content: Content) -> Story:
    founding = words()["founding"]
    proposal = Proposal(
        kind=kind,
        subject_type=subject_type,
        key=key,
        title=title,
        author=founding["author"],
        content=content,
        rationale=founding["rationale"],
        expected=founding["expected"],
    )
    ballots = zip(founding["voters"], _REASONS, strict=True)
    return Story(
        proposal=proposal, votes=tuple(Ballot(username=name, verdict="approve", reason=why) for name, why in ballots)
    )


def _join(viewer: Any) -> int:
    standing = {(each.left.word.key, each.right.word.key): each for each in equivalences_for(viewer=viewer)}
    done = 0
    for entry in words()["equivalences"]:
        found = standing.get((entry["left"], entry["right"]))
        if found is None:
            given = {name: value for name, value in entry.items() if name not in ("offered_by", "signatures")}
            row = offer_equivalence(actor=user_by_username(entry["offered_by"]), **given)
            done += 1
        else:
            row = found.row
        for signature in entry["signatures"]:
            side = "left" if signature["function"] == row.left_function else "right"
            if getattr(row, f"{side}_signed_by_id") is None:
                person = user_by_username(signature["username"])
                row = sign_equivalence(
                    actor=person, equivalence_id=row.pk, version=row.version, function=signature["function"]
                )
    return done


def _map() -> int:
    done = 0
    for source, entry in words()["mapping"].items():
        steward = user_by_username(entry["by"])
        there = {field.name for field in fields_for(viewer=steward).get(source, [])}
        said = {row.field.name for found in mappings_for(viewer=steward) for row in found.rows if row.is_said}
        fields = {name: key for name, key in entry["fields"].items() if name in there and name not in said}
        done += map_fields(actor=steward, source_key=source, fields=fields)
    return done
