"""The tags of the pages' components: icons, numbers, moments, people, states; `{% load ui %}` brings figures too."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from typing_extensions import TypeIs

from common.clock import now
from common.looks import differences, moments, people, tones
from common.templatetags.figures import register as figure_tags

register = template.Library()
register.tags.update(figure_tags.tags)
register.filters.update(figure_tags.filters)

SPRITE = "vendor/icons-1.13.2.svg"
UNKNOWN = SafeString(
    '<span class="unknown"><span aria-hidden="true">–</span><span class="visually-hidden">not known</span></span>'
)
TIERS = ("market", "segment", "sub_segment", "persona")


def absent(value: object) -> TypeIs[None]:
    """Whether there is nothing to show: None, or the empty text that a template makes of a missing name."""
    return value is None or value == ""


def thousands(value: float, decimals: int = 0) -> str:
    """A number in English figures: `12,345.6`."""
    return f"{value:,.{decimals}f}"


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite: decoration beside words, or an image with a label when it stands alone."""
    role = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icon" {} focusable="false"><use href="{}#{}"></use></svg>', role, static(SPRITE), name
    )


@register.simple_tag
def number(
    value: float | None,
    unit: str = "",
    estimate: bool = False,
    as_of: datetime | None = None,
    run: str = "",
    href: str = "",
    decimals: int = 0,
) -> SafeString:
    """A number that says what it is: exact or an estimate, as of when, from which run; a link to its source."""
    if absent(value):
        return UNKNOWN
    parts = ["Estimate" if estimate else "Exact"]
    if as_of:
        parts.append(f"as of {moments.moment(as_of)}")
    if run:
        parts.append(f"from {run}")
    figure = format_html("{}{}", "≈ " if estimate else "", thousands(value, decimals))
    shown = format_html("{}{}", figure, format_html('&nbsp;<span class="unit">{}</span>', unit) if unit else "")
    says = ", ".join(parts)
    if href:
        return format_html('<a class="num num--source" href="{}" title="{}">{}</a>', href, says, shown)
    if as_of or run or estimate:
        return format_html('<span class="num num--source" title="{}">{}</span>', says, shown)
    return format_html('<span class="num">{}</span>', shown)


@register.simple_tag
def count(value: int | None, one: str, many: str = "") -> SafeString:
    """A number with its noun: `1 household`, `2,469 households`."""
    if absent(value):
        return UNKNOWN
    return format_html('<span class="num">{}</span> {}', thousands(value), one if value == 1 else many or f"{one}s")


@register.filter
def thousand(value: float | str | None) -> SafeString | str:
    """A bare number in English figures; a count that may only be told in words stays as it is."""
    if isinstance(value, str):
        return value or UNKNOWN
    return UNKNOWN if absent(value) else thousands(value, 0 if float(value).is_integer() else 2)


@register.filter
def percent(part: float | None, whole: float | None) -> SafeString:
    """`part` of `whole` as `12.5 %`, or a dash where there is nothing to compare with."""
    if absent(part) or not whole:
        return UNKNOWN
    return format_html('<span class="num">{}&nbsp;%</span>', f"{100 * part / whole:.1f}")


@register.filter
def whole_percent(share: float) -> str:
    """A share of 1 in whole percent that never says all of some, or none of some."""
    rounded = round(100 * share)
    if rounded == 100 and share < 1:
        return "over 99 %"
    return "under 1 %" if rounded == 0 and share > 0 else f"{rounded} %"


@register.filter
def ago(value: datetime | None) -> SafeString:
    """How long ago, with the instant as the title."""
    if absent(value):
        return SafeString('<span class="unknown">never</span>')
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        moments.moment(value),
        moments.distance(value, now()),
    )


@register.filter
def moment(value: datetime | None) -> SafeString:
    """The instant in full, in UTC."""
    if absent(value):
        return UNKNOWN
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), moments.moment(value))


@register.filter
def day(value: date | None) -> SafeString:
    """The date in full."""
    if absent(value):
        return UNKNOWN
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), moments.day(value))


@register.filter
def duration(seconds: float | None) -> SafeString | str:
    """A length of time in seconds, in a reader's words."""
    return UNKNOWN if absent(seconds) else moments.duration(seconds)


@register.simple_tag
def avatar(person: object) -> SafeString:
    """The initials of a person on a quiet shade; decoration, so always beside the name."""
    name = people.name_of(person)
    return format_html(
        '<span class="avatar avatar--{}" aria-hidden="true">{}</span>', people.shade_of(name), people.initials_of(name)
    )


@register.simple_tag
def person(user: object | None, note: str = "") -> SafeString:
    """A person as initials and name; says so when the person has left, and `nobody` when there is none."""
    if absent(user):
        return SafeString('<span class="unknown">nobody</span>')
    gone = getattr(user, "is_active", True) is False
    remark = note or ("has left" if gone else "")
    after = format_html(' <span class="quiet">{}</span>', remark) if remark else ""
    return format_html(
        '<span class="person{}">{}<span class="person__name">{}{}</span></span>',
        " person--gone" if gone else "",
        avatar(user),
        people.name_of(user),
        after,
    )


@register.simple_tag
def state(value: Any, label: str = "", tone: str = "") -> SafeString:
    """A state as a word with a shape; the tone follows from the word unless it is given."""
    if absent(value):
        return UNKNOWN
    plain = str(getattr(value, "value", value))
    look = tones.BY_NAME[tone] if tone else tones.tone_of(plain)
    words = label or str(getattr(value, "label", "")) or tones.words_of(plain)
    return format_html('<span class="state state--{}">{}{}</span>', look.name, icon(look.icon), words)


@register.simple_tag
def tier(value: Any, label: str = "") -> SafeString:
    """A tier of the taxonomy (its key, or its level from 1) in its own hue and with its own number of bars."""
    plain = str(getattr(value, "value", value)).replace("-", "_")
    key = TIERS[int(plain) - 1] if plain.isdigit() and 1 <= int(plain) <= len(TIERS) else plain
    level = TIERS.index(key) + 1 if key in TIERS else 0
    words = label or str(getattr(value, "label", "")) or {"sub_segment": "Sub-segment"}.get(key, tones.words_of(key))
    return format_html('<span class="tier tier--{}">{}</span>', level, words)


@register.simple_tag
def segment_chip(name: str, href: str = "", tier: Any = "", state: Any = "") -> SafeString:
    """A segment in words as a chip; a state that is not `active` is said."""
    plain = str(getattr(tier, "value", tier)).replace("-", "_")
    level = TIERS.index(plain) + 1 if plain in TIERS else 0
    status = str(getattr(state, "value", state))
    note = (
        format_html(' <span class="segment-chip__note">{}</span>', tones.words_of(status).lower())
        if status not in ("", "active")
        else ""
    )
    if href:
        return format_html(
            '<a class="segment-chip tier-edge--{}" href="{}"><span>{}</span>{}</a>', level, href, name, note
        )
    return format_html('<span class="segment-chip tier-edge--{}"><span>{}</span>{}</span>', level, name, note)


@register.simple_tag
def term(word: str, definition: str, href: str = "") -> SafeString:
    """A word of the glossary, dotted-underlined, with its definition."""
    if href:
        return format_html('<a class="term" href="{}" title="{}">{}</a>', href, definition, word)
    return format_html('<dfn class="term" title="{}" tabindex="0">{}</dfn>', definition, word)


@register.simple_tag
def difference(old: str | None, new: str | None) -> SafeString:
    """Two texts as one, with what was removed and added marked for the eye, for print and for listeners."""
    marks = {
        "same": "{}",
        "removed": '<del><span class="visually-hidden">removed: </span>{}</del>',
        "added": '<ins><span class="visually-hidden">added: </span>{}</ins>',
    }
    parts = ((format_html(marks[piece.kind], piece.text),) for piece in differences.pieces(old or "", new or ""))
    return format_html('<span class="difference">{}</span>', format_html_join("", "{}", parts))


@register.inclusion_tag("components/rule_tree.html")
def rule_tree(tree: object, label: str = "The rule in words") -> dict[str, object]:
    """The rule in words as a nested list; see the template for the shape of a node."""
    return {"node": tree, "label": label}


@register.simple_tag
def rule_text(text: str, line: int = 0, column: int = 0, message: str = "") -> SafeString:
    """The rule as the machine reads it, in numbered lines; a fault is marked at its line and column (both from 1)."""
    rows: list[tuple[str, str, SafeString]] = []
    for index, row in enumerate((text or "").splitlines() or [""], start=1):
        if index != line:
            rows.append(("", "", format_html("{}", row)))
            continue
        at = max(0, min(column - 1, len(row)))
        shown = format_html('{}<mark class="fault">{}</mark>{}', row[:at], row[at : at + 1] or " ", row[at + 1 :])
        rows.append((" rule-text__line--fault", f"Line {line}, column {column}: {message}" if message else "", shown))
    body = format_html_join(
        "",
        '<span class="rule-text__line{}">{}{}</span>',
        (
            (fault, shown, format_html('<span class="rule-text__message">{}</span>', said) if said else "")
            for fault, said, shown in rows
        ),
    )
    return format_html(
        '<pre class="rule-text" tabindex="0" role="group" aria-label="Rule text"><code>{}</code></pre>', body
    )


@register.simple_tag(takes_context=True)
def sort_head(context: template.Context, name: str, label: str, is_number: bool = False) -> SafeString:
    """A head of a column that sorts by `?sort=name`, and by `?sort=-name` when it is followed again."""
    query = context["request"].GET.copy()
    current = query.get("sort", "")
    query.pop("page", None)
    query["sort"] = f"-{name}" if current == name else name
    order = {name: ("ascending", "sort-up"), f"-{name}": ("descending", "sort-down")}.get(current)
    return format_html(
        '<th scope="col"{}{}><a href="?{}">{}{}</a></th>',
        SafeString(' class="num"' if is_number else ""),
        format_html(' aria-sort="{}"', order[0]) if order else "",
        query.urlencode(),
        label,
        icon(order[1]) if order else "",
    )


@register.filter
def words(value: Any) -> str:
    """A stored choice as words: `in_review` becomes `In review`."""
    return str(getattr(value, "label", "")) or tones.words_of(str(value))


@register.filter
def named(key: str, names: Mapping[str, str] | None) -> str:
    """The name that belongs to a key; the key itself where it has none."""
    return (names or {}).get(key, key)


@register.filter
def of_length(items: Sequence[object] | None) -> int:
    """How many there are; none for nothing at all."""
    return len(items) if items else 0
