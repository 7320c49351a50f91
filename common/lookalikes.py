"""Names that a reader takes for each other: the same but for case and marks, or of letters that look alike."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final

from confusable_homoglyphs import categories, confusables

# Scripts that are written together in one word; the first of each stands for all.
_TOGETHER: Final = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "HANGUL": "CJK", "BOPOMOFO": "CJK", "HAN": "CJK"}
_WITHOUT_SCRIPT: Final = frozenset({"COMMON", "INHERITED"})
# Punctuation that says something: "100 %" is not "100", "Item #2" not "Item 2".
_MEANT: Final = frozenset("%#&@")


def plain_form(name: str) -> str:
    """What stays of a name when width, case, spaces and punctuation do not count: equal for names that read alike."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    kept = "".join(" " if unicodedata.category(each)[0] in "PZC" and each not in _MEANT else each for each in folded)
    return re.sub(r"\s+", " ", kept).strip()


@lru_cache(maxsize=8192)
def looks_of(name: str) -> frozenset[str]:
    """How a name looks, in capitals as written and in small letters: two names that share one are hard to tell apart.

    Letters are replaced by the one they look like, and marks that Unicode does not join to their letter are left out.
    """
    bare = _without_loose_marks(unicodedata.normalize("NFKC", name))
    return frozenset({plain_form(_replaced(bare)), plain_form(_replaced(bare.casefold()))} - {""})


def loose_marks(name: str) -> list[str]:
    """The marks that stay apart from the Latin, Greek or Cyrillic letter they stand on, in the order of the name."""
    found, base = [], ""
    for each in unicodedata.normalize("NFC", name):
        if not unicodedata.combining(each):
            base = each
        elif base == "" or base.isspace() or _script(base) in ("LATIN", "GREEK", "CYRILLIC"):
            found.append(each)
    return found


def scripts_of(word: str) -> frozenset[str]:
    """The scripts of the letters of a word; those of East Asia that are written together count as one."""
    found = (_script(each) for each in word if unicodedata.category(each)[0] == "L")
    return frozenset(_TOGETHER.get(script, script) for script in found if script not in _WITHOUT_SCRIPT)


def _script(character: str) -> str:
    return str(categories.alias(character))


def _without_loose_marks(name: str) -> str:
    loose = set(loose_marks(name))
    return "".join(each for each in name if each not in loose) if loose else name


def _replaced(name: str) -> str:
    return "".join(_like(each) for each in name)


@cache
def _like(character: str) -> str:
    """The character or short sequence that stands for all that look like this one: the one with the most likenesses."""
    likenesses: list[str] = [entry["c"] for entry in confusables.confusables_data.get(character, ())]
    return max((character, *likenesses), key=_prominence)


def _prominence(text: str) -> tuple[int, bool, str]:
    return len(confusables.confusables_data.get(text, ())), text.isascii(), text
