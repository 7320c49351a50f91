"""The tags that draw: bars, small lines, a line over time, entered and left, who moves where. Loaded through `ui`."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.looks import figures

register = template.Library()
_numbers = itertools.count(1)


def _field(item: object, name: str) -> Any:
    return item.get(name) if isinstance(item, Mapping) else getattr(item, name, None)


@register.simple_tag
def delta(entered: int | None, left: int | None) -> SafeString:
    """Who entered and who left: a triangle up with a plus, one down with a minus, and words for those who listen."""
    if not entered and not left:
        return SafeString('<span class="delta quiet">no change</span>')
    return format_html(
        '<span class="delta"><span class="{}" title="entered"><span aria-hidden="true">▲</span>+{}'
        '<span class="visually-hidden"> entered</span></span> '
        '<span class="{}" title="left"><span aria-hidden="true">▼</span>−{}'
        '<span class="visually-hidden"> left</span></span></span>',
        "entered" if entered else "quiet",
        f"{entered or 0:,}",
        "left" if left else "quiet",
        f"{left or 0:,}",
    )


@register.simple_tag
def change(value: float | None, unit: str = "") -> SafeString:
    """One signed change: up, down or none, by sign, shape and word."""
    if not value:
        return SafeString('<span class="delta quiet">no change</span>')
    amount = f"{abs(value):,.0f}" if float(value).is_integer() else f"{abs(value):,.1f}"
    kind, shape, sign, said = ("entered", "▲", "+", "up") if value > 0 else ("left", "▼", "−", "down")
    return format_html(
        '<span class="delta"><span class="{}"><span aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{} </span>{}{}{}</span></span>',
        kind,
        shape,
        said,
        sign,
        amount,
        unit and f" {unit}",
    )


@register.simple_tag
def size_bar(value: float | None, whole: float | None, label: str = "", tier: int = 0) -> SafeString:
    """A bar from zero to the whole; decoration beside its number, or an image in words when it has a label."""
    share = figures.percent(value or 0, whole or 0)
    said = (
        f"{label}: {value or 0:,.0f} of {whole or 0:,.0f}, {share:.1f} percent"
        if isinstance(value, int | float)
        else f"{label}: not known"
    )
    role = format_html('role="img" aria-label="{}"', said) if label else SafeString('aria-hidden="true"')
    # A sliver of something must not look like nothing.
    width = max(share, 1.0) if value else 0
    return format_html(
        '<svg class="size-bar size-bar--{}" {}><rect class="size-bar__track" width="100%" height="100%" rx="2"/>'
        '<rect class="size-bar__fill" width="{}%" height="100%" rx="2"/></svg>',
        tier,
        role,
        width,
    )


@register.simple_tag
def sparkline(values: Iterable[float], label: str = "Over time") -> SafeString:
    """A small line without axes, the baseline at zero; its words tell first, last, lowest and highest."""
    numbers = [float(v) for v in values]
    if not numbers:
        return SafeString('<span class="unknown">no history yet</span>')
    said = f"{label}: from {numbers[0]:,.0f} to {numbers[-1]:,.0f}"
    said += f", lowest {min(numbers):,.0f}, highest {max(numbers):,.0f}"
    end = figures.spark(numbers).rsplit(",", 1)[-1]
    return format_html(
        '<span class="sparkline" role="img" aria-label="{}">'
        '<svg viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true"><polyline points="{}"/></svg>'
        '<svg class="sparkline__end" viewBox="0 0 10 100" preserveAspectRatio="none" aria-hidden="true">'
        '<line x1="5" x2="5" y1="{}" y2="{}"/></svg></span>',
        said,
        figures.spark(numbers),
        end,
        end,
    )


@register.inclusion_tag("components/line_chart.html")
def line_chart(points: Sequence[object], title: str, unit: str = "") -> dict[str, object]:
    """A line over time with its notes and the table of its numbers."""
    rows = list(points or ())
    drawn = figures.line(rows)
    noted = [mark for mark in drawn.marks if mark.note]
    return {
        "line": drawn,
        "title": title,
        "unit": unit,
        "noted": noted,
        "latest": drawn.marks[-1] if drawn.marks else None,
        "number": next(_numbers),
    }


@register.inclusion_tag("components/bar_chart.html")
def bar_chart(
    steps: Sequence[tuple[str, str, float]], title: str, unit: str = "customers", first: str = "", last: str = ""
) -> dict[str, object]:
    """Bars for (from, below, value) in rising order, with the table of their numbers.

    `first` and `last` stand at the ends of the axis instead of the outermost edges, where the outer bars are wider.
    """
    drawn, ticks = figures.bars(list(steps or ()))
    ends = {"first": first or drawn[0].low, "last": last or drawn[-1].high} if drawn else {}
    return {"bars": drawn, "ticks": ticks, "title": title, "unit": unit, "number": next(_numbers), **ends}


@register.inclusion_tag("components/flow.html")
def flow(
    staying: int,
    entering: int,
    leaving: int,
    sources: Iterable[object] = (),
    targets: Iterable[object] = (),
    noun: str = "customers",
) -> dict[str, object]:
    """Before and after, aligned on those who stay; who enters from where and who leaves to where."""
    whole = max(staying + entering, staying + leaving, 1)
    most = max((int(_field(item, "count") or 0) for item in (*sources, *targets)), default=0)
    return {
        "staying": staying,
        "entering": entering,
        "leaving": leaving,
        "before": staying + leaving,
        "after": staying + entering,
        "staying_share": figures.percent(staying, whole),
        "entering_share": figures.percent(entering, whole),
        "leaving_share": figures.percent(leaving, whole),
        "sources": list(sources),
        "targets": list(targets),
        "most": most,
        "noun": noun,
        "number": next(_numbers),
    }
