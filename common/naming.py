"""Judges names of segments, attributes and the like: what is refused, what is remarked, and what to do about it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from common.lookalikes import looks_of, loose_marks, plain_form, scripts_of
from common.reserved_words import EMPTY_WORDS, KEYWORDS, UNFINISHED_WORDS

NameKind = Literal[
    "segment", "attribute", "objective", "term", "metric", "guideline",
    "segment key", "attribute key", "objective key", "term key", "metric key", "guideline key",
]  # fmt: skip

MIN_LENGTH: Final = 2
LONG: Final = 60
MAX_LENGTH: Final = 120
# A word in capitals up to this length is an acronym.
ACRONYM: Final = 5
_KEY_LONG: Final = 40
_SYMBOLS: Final = frozenset(" '’‘\"“”«»„(),.-–—/&%+#:;!?·•*=<>≥≤°§@_²³")
_ENDS: Final = frozenset(".,;:!?-–—/&'·•*=<>_")
_NOUNS: Final = frozenset({"segment", "attribute", "objective"})
_KEY: Final = re.compile(r"[a-z0-9_-]{1,63}")
_LOOSE_AT_MOST: Final = 1
_HIDDEN: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0") | {chr(c) for c in range(0xFE00, 0xFE10)}


@dataclass(frozen=True)
class NameFault:
    """What is wrong with a name: `detail` says it, `suggestion` what to do. A remark is told and refuses nothing."""

    code: str
    detail: str
    suggestion: str
    is_remark: bool = False

    def as_error(self, pointer: str) -> dict[str, Any]:
        """The fault as an error of a refusal."""
        return {
            "code": self.code, "detail": f"{self.detail} {self.suggestion}", "pointer": pointer,
            "suggestion": self.suggestion,
        }  # fmt: skip


def faults_of_name(name: str, *, kind: NameKind, others: Iterable[str]) -> list[NameFault]:
    """Everything that is wrong with a name of this kind beside `others`, the names of the same kind already there.

    Refused: what deceives, which is invisible characters, look-alike letters, and a name that reads or looks like
    another. Remarked: what is merely poor style, such as shouting or a word that says nothing. Of a key only a
    look-alike is refused; attributes of different sources may honestly share a label, which is remarked.
    """
    if kind.endswith(" key"):
        # What is no key at all is refused by its own check, in its own words.
        return [*_of_key(name, kind), *_of_twins(name, kind, others)] if _KEY.fullmatch(name) else []
    hidden = _hidden(name)
    if hidden:
        # Nothing else can be said of a text that does not show what it is.
        return hidden
    return [*_of_shape(name), *_of_words(name, kind), *_of_letters(name), *_of_twins(name, kind, others)]


def refusals(faults: Iterable[NameFault], pointer: str) -> list[dict[str, Any]]:
    """The faults that refuse, as errors at `pointer`."""
    return [fault.as_error(pointer) for fault in faults if not fault.is_remark]


def remarks(faults: Iterable[NameFault], pointer: str) -> list[dict[str, Any]]:
    """The faults that only warn, as errors at `pointer`."""
    return [fault.as_error(pointer) for fault in faults if fault.is_remark]


def _hidden(name: str) -> list[NameFault]:
    for each in name:
        if unicodedata.category(each) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or each in _HIDDEN:
            said = f"The character U+{ord(each):04X} is invisible, changes the direction of text or is no character."
            return [NameFault("invisible_character", said, "Remove it, or type the name anew.")]
    return []


def _of_shape(name: str) -> Iterator[NameFault]:
    tidy = re.sub(r"\s+", " ", name).strip()
    if tidy != name:
        yield NameFault("spaces", "The name has spaces to spare.", f"Write “{tidy}”.", is_remark=True)
    if len(tidy) < MIN_LENGTH and tidy.isascii():
        said = "One letter names nothing."
        yield NameFault("too_short", said, "Write a name that says who or what is meant.", is_remark=True)
    elif len(tidy) > LONG:
        said = f"The name has {len(tidy)} characters; lists and charts cut it after about {LONG}."
        yield NameFault("long", said, "Leave the details to the meaning.", is_remark=True)
    if tidy and not (unicodedata.category(tidy[0])[0] in "LN" or tidy[0] == "#" or _is_currency(tidy[0])):
        yield NameFault(
            "first_character", "Names begin with a letter or a number.", "Put a word first.", is_remark=True
        )
    if tidy and tidy[-1] in _ENDS:
        said = f"The name ends with “{tidy[-1]}”."
        yield NameFault("last_character", said, f"Write “{_without_end(tidy) or 'a word'}”.", is_remark=True)
    odd = next((each for each in tidy if unicodedata.category(each)[0] not in "LMN" and not _is_allowed(each)), None)
    if odd is not None:
        said = f"“{odd}” (U+{ord(odd):04X}) is hard to type and to search for."
        yield NameFault("character", said, "Use letters, digits, spaces and plain punctuation.", is_remark=True)


def _is_allowed(character: str) -> bool:
    return character in _SYMBOLS or _is_currency(character)


def _is_currency(character: str) -> bool:
    return unicodedata.category(character) == "Sc"


def _without_end(name: str) -> str:
    while name and (name[-1] in _ENDS or name[-1].isspace()):
        name = name[:-1]
    return name


def _of_words(name: str, kind: str) -> Iterator[NameFault]:
    words = name.split()
    if name.isupper() and not (len(words) <= 2 and all(len(word) <= ACRONYM for word in words)):
        said = "The name is in capitals throughout."
        yield NameFault("all_capitals", said, "Keep capitals for what is always written so.", is_remark=True)
    plain = plain_form(name)
    if plain in EMPTY_WORDS or plain in _NOUNS or plain in {f"new {noun}" for noun in _NOUNS}:
        said = f"“{name}” says nothing about the {kind}."
        yield NameFault("reserved", said, "Name what sets it apart.", is_remark=True)
    elif unfinished := UNFINISHED_WORDS & set(plain.split()):
        said = f"“{min(unfinished)}” sounds unfinished."
        yield NameFault("unfinished", said, "Leave the word out once the name is settled.", is_remark=True)


def _of_letters(name: str) -> Iterator[NameFault]:
    folded = unicodedata.normalize("NFKC", name)
    changed = next((each for each in name if _is_disguised(each)), None)
    if changed is not None:
        said = f"“{changed}” is a special form of “{unicodedata.normalize('NFKC', changed)}” that looks like it."
        yield NameFault("special_form", said, f"Write “{folded}”.")
    for word in re.findall(r"[^\W\d_]+", folded):
        if len(scripts := scripts_of(word)) > 1:
            said = f"“{word}” mixes letters of {_listed(scripts)}, which can look alike."
            yield NameFault("mixed_scripts", said, "Type the word anew in one alphabet.")
            break
    else:
        if len(scripts := scripts_of(folded)) > 1:
            said = f"The name has words in {_listed(scripts)} letters."
            yield NameFault("many_scripts", said, "Check that every reader can tell them apart.", is_remark=True)
    yield from _of_marks(name)


def _of_marks(name: str) -> Iterator[NameFault]:
    loose = loose_marks(name)
    if len(loose) > _LOOSE_AT_MOST:
        said = f"The name has {len(loose)} marks that stand apart from their letters."
        yield NameFault("loose_marks", said, "Type the name anew without them.")
    elif loose:
        said = f"The mark U+{ord(loose[0]):04X} stands apart from its letter."
        yield NameFault("loose_mark", said, "Check that the letter is the one you mean.", is_remark=True)


def _is_disguised(character: str) -> bool:
    """Whether a letter or digit is a wide, bold, ringed or joined form of plain ones; ª, º, ² and ³ are not."""
    if character in "ªº²³" or unicodedata.category(character)[0] not in "LNS":
        return False
    return any(each.isalnum() for each in unicodedata.normalize("NFKC", character)) and (
        unicodedata.normalize("NFKC", character) != unicodedata.normalize("NFC", character)
    )


def _listed(scripts: Iterable[str]) -> str:
    return " and ".join(script.replace("CJK", "East Asian").title() for script in sorted(scripts))


def _of_key(key: str, kind: str) -> Iterator[NameFault]:
    """Remarks only: what a key may be is promised to client programs, and rules quote the names that need it."""
    if not key[:1].isalpha():
        said = "A key that begins with a number stands in quotes in every rule."
        yield NameFault("first_character", said, "Put a word first.", is_remark=True)
    if key[-1:] in ("_", "-") or re.search(r"[_-]{2}", key):
        tidy = re.sub(r"([_-])[_-]+", r"\1", key).strip("_-")
        yield NameFault("separators", "The key has - or _ to spare.", f"Write “{tidy}”.", is_remark=True)
    if len(key) < MIN_LENGTH:
        said = "One letter says little, and the key stays for good."
        yield NameFault("too_short", said, "Write a key that people recognise.", is_remark=True)
    elif len(key) > _KEY_LONG:
        said = f"The key has {len(key)} characters and will stand in many rules and addresses."
        yield NameFault("long", said, "Shorten it; it stays for good.", is_remark=True)
    noun = kind.removesuffix(" key")
    if noun == "attribute" and key in KEYWORDS:
        said = f"“{key}” is a word of the rule language."
        yield NameFault("keyword", said, f"Add what it is about: “{key}_of_customer”.", is_remark=True)
    elif (plain := plain_form(key)) in EMPTY_WORDS or plain in {noun, f"new {noun}"}:
        said = f"“{key}” says nothing about the {noun}."
        yield NameFault("reserved", said, "Name what sets it apart.", is_remark=True)


def _of_twins(name: str, kind: str, others: Iterable[str]) -> Iterator[NameFault]:
    """At most one refusal and one remark: that there is a name like this one."""
    known = list(others)
    plain, noun = plain_form(name), kind
    same = next((other for other in known if plain_form(other) == plain), None)
    if same is not None:
        said = f"There is a {noun} “{same}” already; readers could not tell the two apart." if plain else ""
        advice = "Choose a name that says what differs."
        yield NameFault("name_taken", said or "This is no name.", advice, is_remark=bool(plain) and kind == "attribute")
        return
    looks = looks_of(name)
    twins = [other for other in known if looks & looks_of(other)]
    if twins:
        is_remark = _all_plain(name, *twins)
        said = f"The name looks like that of the {noun} “{twins[0]}”" + ("." if is_remark else ", in other letters.")
        advice = "Choose a name that nobody takes for the other."
        yield NameFault("name_look_alike", said, advice, is_remark=is_remark)


def _all_plain(*names: str) -> bool:
    return all(name.isascii() for name in names)
