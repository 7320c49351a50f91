"""What became of one clause, in one sentence of business words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from taxonomy.rules.nodes import (
    And,
    Attribute,
    Compare,
    Condition,
    In,
    Literal,
    Lower,
    Not,
    Operand,
    Or,
    RelativeDate,
    Scalar,
)
from taxonomy.rules.types import Catalogue, facts_of
from taxonomy.rules.words import condition_words, label_words, scalar_words

ValueList = tuple[bool, tuple[Scalar, ...]]
MOST_WORDS = 240
CUT = " …"
MOST_VALUES = 6
_AMOUNTS = {"=": "exactly", "<": "less than", "<=": "at most", ">": "more than", ">=": "at least"}
_COUNTED = re.compile(r"\w*[^\Wsui]s\b")


def phrase(condition: Condition, catalogue: Catalogue) -> str:
    """The clause as people name it: “at least 3 orders” rather than “orders is at least 3”."""
    if isinstance(condition, Compare) and isinstance(condition.right, Literal):
        left = condition.left
        if isinstance(left, Attribute) and left.type == "number" and condition.operator in _AMOUNTS:
            return _amount(left, condition.operator, condition.right.value, catalogue)
    return shortened(condition_words(condition, catalogue))


def pair_sentence(old: Condition, new: Condition, catalogue: Catalogue) -> tuple[str, str]:
    """The kind of a change of one clause, and the sentence that tells it."""
    before, after = phrase(old, catalogue), phrase(new, catalogue)
    became = f"“{before}” became “{after}”"
    if isinstance(old, Compare) and isinstance(new, Compare) and bound(old) and bound(new):
        if bound(old) != bound(new):
            return "changed", f"{became}: turned round"
        kind, nature = _moved(old, new, catalogue)
        return kind, f"{became}: {nature}" if nature else became
    lists = value_list(old), value_list(new)
    if lists[0] and lists[1]:
        return "values", _values_sentence(old, lists[0], lists[1], catalogue) or became
    return "changed", became


def one_sentence(condition: Condition, catalogue: Catalogue, *, is_added: bool, is_alternative: bool) -> str:
    """A clause or group that stands in one rule only."""
    noun = "alternative" if is_alternative else "condition"
    about = subjects(condition, catalogue)
    words = phrase(condition, catalogue)
    if is_added:
        article = "an" if is_alternative else "a"
        return f"{article} {noun}{about} was added: “{words}”"
    return f"the {noun}{about} was dropped: “{words}”"


def joined_sentence(parts: Sequence[Condition], catalogue: Catalogue, *, is_all: bool) -> str:
    """Clauses that were joined by one word and now are by the other."""
    change = "“or” became “and”" if is_all else "“and” became “or”"
    now = "all of them must hold now" if is_all else "one of them is enough now"
    named = [f"“{phrase(part, catalogue)}”" for part in parts]
    return shortened(f"{change} between {_and(named)}: {now}")


def subjects(condition: Condition, catalogue: Catalogue) -> str:
    """“ on city and orders”: what a condition is about; nothing where it reads no attribute."""
    labels = list(dict.fromkeys(label_words(key, catalogue) for key in keys_read(condition)))
    if not labels or len(labels) > 3:
        return ""
    return f" on {_and(labels)}"


def keys_read(condition: Condition) -> list[str]:
    """The attributes that a condition reads, itself and below, in the order in which they stand."""
    if isinstance(condition, And | Or):
        return list(dict.fromkeys(key for part in condition.conditions for key in keys_read(part)))
    if isinstance(condition, Not):
        return keys_read(condition.condition)
    found: list[str] = []
    for name in ("left", "right", "operand", "attribute"):
        operand = getattr(condition, name, None)
        operand = operand.attribute if isinstance(operand, Lower) else operand
        if isinstance(operand, Attribute) and operand.key not in found:
            found.append(operand.key)
    return found


def bound(condition: Condition) -> str:
    """Which way a canonical comparison bounds its operand: low, high, or neither."""
    if not isinstance(condition, Compare) or isinstance(condition.right, Attribute | Lower):
        return ""
    return {"<": "high", "<=": "high", ">": "low", ">=": "low"}.get(condition.operator, "")


def value_list(condition: Condition) -> ValueList | None:
    """Whether values are excluded, and the values, of a canonical equality or list; None for anything else."""
    if isinstance(condition, In):
        return condition.negated, condition.values
    if isinstance(condition, Compare) and condition.operator in ("=", "<>") and isinstance(condition.right, Literal):
        return condition.operator == "<>", (condition.right.value,)
    return None


def shortened(words: str) -> str:
    """The words, cut where nobody would read on."""
    return words if len(words) <= MOST_WORDS else words[: MOST_WORDS - len(CUT)].rstrip() + CUT


def plural(label: str) -> str:
    """The values of an attribute as a group: “departments”, “home cities”."""
    if re.search(r"\W(of|in|per|since|for|by)\W|[(),]", label) or label.endswith("s"):
        return f"values of {label}"
    if re.search(r"[^aeiou]y$", label):
        return f"{label[:-1]}ies"
    return f"{label}es" if re.search(r"(x|z|ch|sh)$", label) else f"{label}s"


def _amount(attribute: Attribute, operator: str, value: Scalar, catalogue: Catalogue) -> str:
    facts = facts_of(catalogue, attribute.key)
    unit = facts.unit if facts else ""
    label = re.sub(r"^([^,()]+), ([^,()]+)$", r"\1 (\2)", label_words(attribute.key, catalogue))
    named = not unit or unit.lower() in re.findall(r"\w+|%", label.lower())
    amount = scalar_words(value) + ("" if named else "%" if unit == "%" else f" {unit}")
    much = _AMOUNTS[operator]
    if named and _COUNTED.match(label):
        counted = label if value != 1 else _singular(label)
        return f"{'fewer than' if operator == '<' else much} {amount} {counted}"
    return f"{label} of {much} {amount}"


def _singular(label: str) -> str:
    """The label with its first word for one thing: “order (90 days)”."""
    first, *rest = label.split(" ", 1)
    one = re.sub(r"ies$", "y", first) if first.endswith("ies") else re.sub(r"(?<=x|h)es$|s$", "", first)
    return " ".join([one, *rest])


def _moved(old: Compare, new: Compare, catalogue: Catalogue) -> tuple[str, str]:
    """Kind and nature of a bound that was moved, or whose boundary itself now counts or no longer does."""
    included = "=" in new.operator
    is_boundary = ("=" in old.operator) != included
    before, after = _value(old, catalogue), _value(new, catalogue)
    if old.right == new.right:
        return "boundary", f"only the boundary changed, {after} itself {'now' if included else 'no longer'} counts"
    nature = _direction(old.right, new.right, before, after)
    edge = f", and the boundary itself {'now' if included else 'no longer'} counts" if is_boundary else ""
    return "threshold", nature + edge if nature or not edge else edge[6:]


def _direction(old: Operand, new: Operand, before: str, after: str) -> str:
    if isinstance(old, RelativeDate) or isinstance(new, RelativeDate):
        return f"{before} became {after}"
    if not isinstance(old, Literal) or not isinstance(new, Literal):
        return ""
    up = new.value > old.value  # type: ignore[operator]  # both are of the operand's type
    if old.type == "number":
        return f"{'raised' if up else 'lowered'} from {before} to {after}"
    if old.type in ("date", "timestamp"):
        return f"moved {'later' if up else 'earlier'}, from {before} to {after}"
    return f"moved from {before} to {after}"


def _value(clause: Compare, catalogue: Catalogue) -> str:
    if isinstance(clause.right, RelativeDate):
        days = clause.right.days_back
        return "today" if not days else "yesterday" if days == 1 else f"{days} days ago"
    if not isinstance(clause.right, Literal):
        return ""
    facts = facts_of(catalogue, clause.left.key) if isinstance(clause.left, Attribute) else None
    words = scalar_words(clause.right.value)
    return f"{words}%" if facts and facts.unit == "%" and clause.right.type == "number" else words


def _values_sentence(old: Condition, before: ValueList, after: ValueList, catalogue: Catalogue) -> str:
    """Values that came to a list or went from it; nothing where one value took the place of another."""
    old_values, new_values = set(before[1]), set(after[1])
    added = [value for value in after[1] if value not in old_values]
    removed = [value for value in before[1] if value not in new_values]
    if before[0] != after[0] or not old_values & new_values:
        return ""
    values = plural(label_words(keys_read(old)[0], catalogue))
    group = f"the {'excluded ' if after[0] else ''}{values}"
    told = []
    if added:
        told.append(f"{_some(added)} {_were(added)} added to {group}")
    if removed:
        told.append(f"{_some(removed)} {_were(removed)} removed" + ("" if added else f" from {group}"))
    return " and ".join(told)


def _some(values: Sequence[Scalar]) -> str:
    named = [scalar_words(value) for value in values[:MOST_VALUES]]
    more = len(values) - len(named)
    return shortened(_and([*named, f"{more} more"] if more else named))


def _were(values: Sequence[Scalar]) -> str:
    return "was" if len(values) == 1 else "were"


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
