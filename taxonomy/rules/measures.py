"""Facts about a rule: what it reads and how large it is; and whether it is within the limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from taxonomy.rules.errors import Fault, Place, RuleError
from taxonomy.rules.limits import LIMITS
from taxonomy.rules.nodes import (
    And,
    Attribute,
    Between,
    Compare,
    Condition,
    Contains,
    Flag,
    In,
    InSegment,
    IsNull,
    Like,
    Lower,
    Not,
    Or,
    RelativeDate,
    Rule,
)
from taxonomy.rules.text import to_text

# The column of an engine that answers IN_SEGMENT('key').
SEGMENT_COLUMN = "segment:{}"


@dataclass(frozen=True, slots=True)
class Complexity:
    """How much there is to understand: conditions, levels of nesting (one condition: 1), distinct attributes."""

    clauses: int
    depth: int
    attributes: int


def attributes_used(rule: Rule) -> tuple[str, ...]:
    """The keys of all attributes that the rule reads, in order, each once."""
    keys = {operand.key for condition, _ in walk(rule.condition) for operand in attributes_of(condition)}
    return tuple(sorted(keys))


def segments_used(rule: Rule) -> tuple[str, ...]:
    """The keys of all segments that the rule refers to, in order, each once."""
    return tuple(sorted({node.key for node, _ in walk(rule.condition) if isinstance(node, InSegment)}))


def reads_today(rule: Rule) -> bool:
    """Whether the rule itself looks at the current date."""
    return any(isinstance(operand, RelativeDate) for node, _ in walk(rule.condition) for operand in _operands(node))


def complexity(rule: Rule) -> Complexity:
    """The size of the rule for people."""
    walked = list(walk(rule.condition))
    return Complexity(
        clauses=sum(not isinstance(node, And | Or | Not) for node, _ in walked),
        depth=max(depth for _, depth in walked),
        attributes=len(attributes_used(rule)),
    )


# Written out in full, no rule takes more than so many times the characters in which it came.
_LONGER_AT_MOST = 8
_BYTES_OF_A_CHARACTER = 4


def check_size(rule: Rule, place: Place, *, written: int | None = None) -> None:
    """Refuse a rule beyond the limits of nodes and depth, or whose canonical text is beyond that of text.

    `written`: the characters of the text that it came as; the canonical text of a short one need not be made.
    """
    nodes, depth = 0, 0
    for _, level in walk(rule.condition):
        nodes += 1
        depth = max(depth, level)
    if nodes > LIMITS.nodes:
        raise RuleError([Fault("too_large", f"A rule may have at most {LIMITS.nodes} nodes.", place)])
    if depth > LIMITS.depth:
        detail = f"A rule may be nested at most {LIMITS.depth} levels deep."
        raise RuleError([Fault("too_deep", detail, place)])
    if written is not None and written * _LONGER_AT_MOST * _BYTES_OF_A_CHARACTER <= LIMITS.text_bytes:
        return
    if len(to_text(rule).encode()) > LIMITS.text_bytes:
        detail = f"Written out in full this rule has more than {LIMITS.text_bytes // 1024} KiB of text."
        raise RuleError([Fault("too_long", detail, place)])


def walk(condition: Condition, depth: int = 1) -> Iterator[tuple[Condition, int]]:
    """Every condition with its level, the whole first."""
    waiting = [(condition, depth)]
    while waiting:
        node, level = waiting.pop()
        yield node, level
        if isinstance(node, And | Or):
            waiting.extend((child, level + 1) for child in reversed(node.conditions))
        elif isinstance(node, Not):
            waiting.append((node.condition, level + 1))


def attributes_of(condition: Condition) -> Iterator[Attribute]:
    """The attributes that one condition reads itself."""
    for operand in _operands(condition):
        if isinstance(operand, Lower):
            yield operand.attribute
        elif isinstance(operand, Attribute):
            yield operand


def _operands(condition: Condition) -> tuple[object, ...]:
    if isinstance(condition, Compare):
        return (condition.left, condition.right)
    if isinstance(condition, Between):
        return (condition.operand, condition.low, condition.high)
    if isinstance(condition, In | Like):
        return (condition.operand,)
    if isinstance(condition, IsNull | Flag | Contains):
        return (condition.attribute,)
    return ()
