"""Where governed words are used: in texts that are in force, in mapped fields, in other definitions."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import reverse

from common.digests import digest_of
from common.providers import providers
from common.uses import TextInForce, Use
from taxonomy.choices import VersionState
from taxonomy.content.matching import Hit
from taxonomy.models import Definition, Equivalence, FieldMapping, Objective, SegmentVersion
from taxonomy.selectors.glossary import Glossary, glossary

BEFORE_RETIRING = "Map those fields to another term and end those equivalences first, or deprecate the word."


def what_stands_on(kind: str, key: str) -> list[str]:
    """What would lose its footing if the word were retired, as clauses; nothing where only texts use it."""
    definition = Definition.objects.filter(type=kind, key=key).first()
    if definition is None:
        return []
    fields = [str(each) for each in FieldMapping.objects.filter(term=definition).order_by("source_key", "field")[:5]]
    agreed = Equivalence.objects.filter(ended_at__isnull=True).select_related("left", "right")
    others = [each.right.key for each in agreed.filter(left=definition)]
    others += [each.left.key for each in agreed.filter(right=definition)]
    return [
        *([f"the fields {', '.join(fields)} mean it"] if fields else []),
        *([f"it has equivalences with {', '.join(sorted(others))}"] if others else []),
    ]


def texts_in_force() -> Iterator[TextInForce]:
    """Every text that is in force and that people go by, of all apps."""
    for provider in providers("TEXTS_IN_FORCE"):
        yield from provider()


def own_texts_in_force() -> Iterator[TextInForce]:
    """The taxonomy's own texts: segments, objectives, definitions."""
    rows = SegmentVersion.objects.filter(state=VersionState.ACTIVE).select_related("segment").order_by("name")
    for row in rows:
        yield TextInForce(
            "Segment", row.name, reverse("taxonomy:segment", args=[row.segment.key]), f"{row.name}\n\n{row.meaning}"
        )
    for aim in Objective.objects.order_by("name"):
        text = f"{aim.name}\n\n{aim.metric}\n\n{aim.basis}"
        yield TextInForce("Objective", aim.name, reverse("taxonomy:objective", args=[aim.key]), text)
    for word in glossary().live():
        text = "\n\n".join([word.definition, str(word.content.get("formula") or ""), *word.content.get("examples", [])])
        yield TextInForce(word.type.capitalize(), word.name, url_of(word.type, word.key), text, about=word.id)


def uses_of_word(kind: str, key: str) -> list[Use]:
    """The texts in force that use the word, each once, in the order of the apps."""
    return [Use(text.kind, text.title, text.url) for text, _ in all_uses().get(f"{kind}:{key}", [])]


def all_uses() -> Mapping[str, list[tuple[TextInForce, dict[str, str]]]]:
    """Word id -> the texts that use it, each with the spellings that stand there and their roles."""
    known, found = glossary(), defaultdict(list)
    for text in texts_in_force():
        for word, spellings in spellings_in(known, text).items():
            found[word].append((text, spellings))
    return found


Spellings = dict[str, dict[str, str]]
_read: dict[str, dict[str, Spellings]] = {}


def spellings_in(known: Glossary, text: TextInForce) -> Spellings:
    """Word id -> spelling as it stands in the text -> its role; a definition does not use its own word.

    Each text is looked through once for each state of the glossary; this process remembers what was found.
    """
    if known.version not in _read:
        _read.clear()
    remembered = _read.setdefault(known.version, {})
    place = digest_of([text.about, text.text])
    found = remembered.get(place)
    if found is None:
        found = remembered[place] = _looked_up(known, text)
    return found


def _looked_up(known: Glossary, text: TextInForce) -> Spellings:
    found: Spellings = {}
    for hit in known.automaton.hits(text.text):
        if hit.entry.word != text.about:
            found.setdefault(hit.entry.word, {}).setdefault(_as_written(text.text, hit), hit.entry.role)
    return found


def url_of(kind: str, key: str) -> str:
    """The page of a governed word."""
    return reverse(f"taxonomy:{kind}", args=[key])


def _as_written(text: str, hit: Hit) -> Any:
    return " ".join(text[hit.start : hit.end].split())
