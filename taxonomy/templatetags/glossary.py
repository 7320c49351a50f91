"""Words of the glossary in running text, underlined with what they mean: `{% load glossary %}`, `{{ text|terms }}`."""

import itertools

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from taxonomy.choices import SegmentStatus
from taxonomy.content.marking import marked_html, marked_text
from taxonomy.content.matching import Hit
from taxonomy.selectors.glossary import Glossary, Word, glossary_of_page
from taxonomy.selectors.word_uses import url_of

register = template.Library()
_numbers = itertools.count(1)


@register.filter
def terms(text: str | None, but: str = "") -> SafeString:
    """The text with the first of each word of the glossary underlined; hover, focus or a tap shows its definition.

    Safe HTML (of `|markdown`, say) keeps its tags; plain text is escaped. `but` is the key of a word that stays as it
    is: a definition does not explain its own word.
    """
    known = glossary_of_page()
    seen = {word for word in known.words if but and word.partition(":")[2] == but}

    def mark(hit: Hit, spelling: str) -> str:
        return _marked(known, hit, spelling)

    if isinstance(text, SafeString):
        return mark_safe(marked_html(text, known.automaton, mark, seen))
    return mark_safe(marked_text(str(text or ""), known.automaton, mark, seen))


def _marked(known: Glossary, hit: Hit, spelling: str) -> str:
    word = known.words[hit.entry.word]
    number = next(_numbers)
    return format_html(
        '<dfn class="term{}" tabindex="0" aria-describedby="term-{}">{}'
        '<span class="term__tip" role="tooltip" id="term-{}">{} <a href="{}">More</a></span></dfn>',
        "" if word.status == SegmentStatus.ACTIVE and hit.entry.role != "avoid" else " term--gone",
        number,
        SafeString(spelling),
        number,
        _meaning(known, word, hit.entry.role),
        url_of(word.type, word.key),
    )


def _meaning(known: Glossary, word: Word, role: str) -> SafeString:
    """What the reader is told: the definition, after what to say instead of a word that should not stand there."""
    heir = known.successors.get(word.id)
    if role == "avoid":
        before = format_html("Better say <b>{}</b>. ", word.name)
    elif word.status != SegmentStatus.ACTIVE:
        state = "No longer used" if word.status == SegmentStatus.RETIRED else "On its way out"
        before = format_html("{}: say <b>{}</b>. ", state, heir.name) if heir else format_html("{}. ", state)
    else:
        before = SafeString("") if role == "name" else format_html("<b>{}</b>: ", word.name)
    return format_html("{}{}", before, word.summary)
