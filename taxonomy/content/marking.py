"""Marks governed words in HTML and in plain text: the first of each, never in code, links or attributes."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Final

from django.utils.html import escape

from taxonomy.content.matching import Automaton, Hit

# A tag, with quoted values that may hold a closing bracket; or a comment.
_TAG: Final = re.compile(r"<!--.*?-->|<[a-zA-Z/!?](?:[^\"'<>]|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
_NAME: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# What is quoted, leads somewhere, or is marked already stays as it is.
CLOSED: Final = frozenset({"a", "abbr", "button", "code", "dfn", "kbd", "option", "pre", "samp", "script", "select",
                           "style", "summary", "svg", "textarea"})  # fmt: skip

Mark = Callable[[Hit, str], str]


def marked_text(text: str, automaton: Automaton, mark: Mark, seen: set[str] | None = None) -> str:
    """Safe HTML of a plain text in which the first spelling of each word is marked; `seen` names words that are not.

    `mark` gets the hit and the escaped spelling and gives safe HTML.
    """
    done = set() if seen is None else seen
    parts, end = [], 0
    for hit in automaton.hits(text):
        if hit.entry.word in done:
            continue
        done.add(hit.entry.word)
        parts += [escape(text[end : hit.start]), mark(hit, escape(text[hit.start : hit.end]))]
        end = hit.end
    return "".join([*parts, escape(text[end:])])


def marked_html(html: str, automaton: Automaton, mark: Mark, seen: set[str] | None = None) -> str:
    """The same for safe HTML: its tags stay byte for byte, and so does the text in which nothing is marked."""
    done = set() if seen is None else seen
    parts, closed = [], 0
    for is_tag, piece in _pieces(html):
        if is_tag:
            closed = max(0, closed + _depth_of(piece))
            parts.append(piece)
        elif closed or not piece.strip():
            parts.append(piece)
        else:
            known = len(done)
            marked = marked_text(unescape(piece), automaton, mark, done)
            parts.append(marked if len(done) > known else piece)
    return "".join(parts)


def _pieces(html: str) -> Iterator[tuple[bool, str]]:
    end = 0
    for tag in _TAG.finditer(html):
        if tag.start() > end:
            yield False, html[end : tag.start()]
        yield True, tag.group()
        end = tag.end()
    if end < len(html):
        yield False, html[end:]


def _depth_of(tag: str) -> int:
    """+1 where a tag opens what stays as it is, -1 where it closes it."""
    name = _NAME.match(tag)
    if name is None or name[2].lower() not in CLOSED or tag.endswith("/>"):
        return 0
    return -1 if name[1] else 1
