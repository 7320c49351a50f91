"""What speaks for or against the data that a rule reads, attribute by attribute, and against who it looks at."""

from collections.abc import Sequence
from typing import Any

from common.actors import SYSTEM
from customers.selectors import attribute_lines_for, freshness_of
from reviews.choices import CheckStatus
from reviews.subjects.base import Check
from taxonomy.rules import Rule, attributes_used, segments_used

_STEWARD = "Ask the steward of the source to mend it before the segment is activated."


def checks_of(rule: Rule) -> list[Check]:
    """Data quality, freshness and stereotypes of an effective rule."""
    read = attributes_used(rule)
    lines = [line for line in attribute_lines_for(viewer=SYSTEM) if line.attribute.key in read]
    return [_quality(lines), _freshness(lines), _stereotypes(lines, refers=bool(segments_used(rule)))]


def _quality(lines: Sequence[Any]) -> Check:
    """Whether enough customers have the values that the rule reads, against each attribute's threshold."""
    below = [line for line in lines if line.is_below_threshold]
    unmeasured = [line for line in lines if line.quality.rate is None]
    if below:
        told = "; ".join(
            f"{line.attribute.label} is known of {line.quality.rate:.0%}, where {line.attribute.quality_threshold:.0%} "
            "is asked for"
            for line in below
        )
        return Check("Data quality", CheckStatus.WARN, f"{told}.", _STEWARD)
    if unmeasured:
        named = ", ".join(line.attribute.label for line in unmeasured)
        return Check(
            "Data quality",
            CheckStatus.NOT_RUN,
            f"Never measured: {named}.",
            "Import customers or recompute, then submit again.",
        )
    told = "; ".join(f"{line.attribute.label} is known of {line.quality.rate:.0%}" for line in lines[:6])
    return Check("Data quality", CheckStatus.PASS, f"{told}." if told else "It reads no attribute.")


def _freshness(lines: Sequence[Any]) -> Check:
    """Whether the sources of what the rule reads have delivered in time."""
    known = freshness_of(viewer=SYSTEM)
    sources = dict.fromkeys(line.attribute.source.key for line in lines if line.attribute.source)
    late = [known[key] for key in sources if known[key].state != "fresh"]
    if late:
        told = "; ".join(f"{line.source.name} is {line.state}" for line in late)
        return Check("Freshness", CheckStatus.WARN, f"{told}.", "Ask for a delivery, or decide knowing that it is old.")
    if not sources:
        return Check("Freshness", CheckStatus.PASS, "Nothing that it reads comes from a source with a deadline.")
    return Check(
        "Freshness",
        CheckStatus.PASS,
        f"All have delivered in time: {', '.join(known[key].source.name for key in sources)}.",
    )


def _stereotypes(lines: Sequence[Any], *, refers: bool) -> Check:
    """Whether the rule looks at what customers do or are worth, and not only at who they are."""
    dimensions = {line.attribute.dimension for line in lines}
    if lines and dimensions == {"demographic"} and not refers:
        named = ", ".join(line.attribute.label for line in lines)
        remedy = "Add what these customers do or are worth to the rule, or show in the rationale that it follows."
        return Check(
            "Stereotypes",
            CheckStatus.WARN,
            f"It is defined by demographics alone ({named}): no behaviour, no value.",
            remedy,
        )
    return Check("Stereotypes", CheckStatus.PASS, "It is not defined by demographics alone.")
