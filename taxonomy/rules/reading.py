"""Versioned JSON to rule: everything that comes in is checked as strictly as text, and faults carry a JSON pointer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from taxonomy.rules.checking import REFUSED, Checker, Reference, type_of
from taxonomy.rules.errors import Place
from taxonomy.rules.limits import LIMITS
from taxonomy.rules.measures import check_size
from taxonomy.rules.nodes import FLIPPED, Condition, Constant, Operator, Rule, all_of, any_of, negation
from taxonomy.rules.operands import fields_of, literal_draft, literal_type, operand_draft
from taxonomy.rules.types import Catalogue
from taxonomy.rules.upgrades import UnreadableFormatError, upgraded


def from_tree(document: object, catalogue: Catalogue) -> Rule:
    """The rule that a tree states, as `to_tree` writes it or once wrote it; the `type` of an attribute may be left out.

    Refuses with RuleError, whose errors carry a JSON pointer: unknown kinds and fields, missing fields, values of the
    wrong JSON type, and all that the text of a rule is refused for.
    """
    checker = Checker(catalogue)
    reader = _TreeReader(checker)
    fields = fields_of(checker, document, "", ("format", "rule"))
    condition: Condition = REFUSED
    try:
        if fields is not None:
            condition = reader.condition(upgraded(fields)["rule"], "/rule", 1)
    except UnreadableFormatError as unreadable:
        checker.fault("unknown_format", str(unreadable), Place(pointer="/format"))
    checker.finish()
    rule = Rule(condition)
    check_size(rule, Place(pointer="/rule"))
    return rule


class _TreeReader:
    """Walks a tree downwards, never deeper than the limit, and hands what it finds to the checker."""

    def __init__(self, checker: Checker) -> None:
        self.checker = checker
        self.nodes = 0
        self.readers: dict[str, Callable[[dict[str, Any], str, int], Condition]] = {
            "and": self._joined,
            "or": self._joined,
            "not": self._not,
            "compare": self._compare,
            "between": self._between,
            "in": self._within,
            "like": self._like,
            "is_null": self._is_null,
            "flag": self._flag,
            "constant": self._constant,
            "contains": self._contains,
            "in_segment": self._in_segment,
        }

    def condition(self, node: object, pointer: str, depth: int) -> Condition:
        """The condition that one node states."""
        self.nodes += 1
        if depth > LIMITS.depth:
            self._fault(f"A rule may be nested at most {LIMITS.depth} levels deep", pointer, "too_deep")
            self.checker.finish()
        if self.nodes > LIMITS.nodes:
            self._fault(f"A rule may have at most {LIMITS.nodes} nodes", pointer, "too_large")
            self.checker.finish()
        kind = node.get("kind") if isinstance(node, dict) else None
        reader = self.readers.get(kind) if isinstance(kind, str) else None
        if reader is None:
            return self._fault("A condition is an object whose kind is one of " + ", ".join(self.readers), pointer)
        return reader(cast(dict[str, Any], node), pointer, depth)

    def _fault(self, detail: str, pointer: str, code: str = "invalid_tree") -> Constant:
        return self.checker.fault(code, detail + ".", Place(pointer=pointer))

    # --- conditions ---------------------------------------------------------------------------------------------

    def _joined(self, node: dict[str, Any], pointer: str, depth: int) -> Condition:
        fields = fields_of(self.checker, node, pointer, ("kind", "conditions"))
        if fields is None:
            return REFUSED
        parts = fields["conditions"]
        if not isinstance(parts, list) or len(parts) < 2:
            return self._fault("Here a list of at least two conditions should stand", f"{pointer}/conditions")
        found = [self.condition(part, f"{pointer}/conditions/{n}", depth + 1) for n, part in enumerate(parts)]
        return all_of(found) if fields["kind"] == "and" else any_of(found)

    def _not(self, node: dict[str, Any], pointer: str, depth: int) -> Condition:
        fields = fields_of(self.checker, node, pointer, ("kind", "condition"))
        if fields is None:
            return REFUSED
        return negation(self.condition(fields["condition"], f"{pointer}/condition", depth + 1))

    def _compare(self, node: dict[str, Any], pointer: str, depth: int) -> Condition:
        fields = fields_of(self.checker, node, pointer, ("kind", "left", "operator", "right"))
        if fields is None:
            return REFUSED
        operator = fields["operator"]
        if not isinstance(operator, str) or operator not in FLIPPED:
            return self._fault("The operator is one of " + " ".join(FLIPPED), f"{pointer}/operator")
        left = operand_draft(self.checker, fields["left"], f"{pointer}/left")
        right = operand_draft(self.checker, fields["right"], f"{pointer}/right")
        return REFUSED if left is None or right is None else self.checker.compare(left, cast(Operator, operator), right)

    def _between(self, node: dict[str, Any], pointer: str, depth: int) -> Condition:
        fields = fields_of(self.checker, node, pointer, ("kind", "operand", "low", "high"), ("negated",))
        if fields is None:
            return REFUSED
        drafts = [operand_draft(self.checker, fields[name], f"{pointer}/{name}") for name in ("operand", "low", "high")]
        operand, low, high = drafts
        if operand is None or low is None or high is None:
            return REFUSED
        return self.checker.between(operand, low, high, self._negated(fields, pointer))

    def _within(self, node: dict[str, Any], pointer: str, depth: int) -> Condition:
        fields = fields_of(self.checker, node, pointer, ("kind", "operand", "values"), ("negated",))
        operand = operand_draft(self.checker, fields["operand"], f"{pointer}/operand") if fields is not None else None
        if fields is None or operand is None:
            return REFUSED
        values, at = fields["values"], f"{pointer}/values"
        if values == []:
            return self._fault("The list is empty; name at least one value", at, "empty_list")
        if not isinstance(values, list):
            return self._fault("Here a list of values should stand", at)
        if len(values) > LIMITS.list_items:
            return self._fault(f"A list may hold at most {LIMITS.list_items} values", at, "list_too_long")
        read = self.checker.operand(operand)
        if read is None:
            return REFUSED
        type_ = literal_type(type_of(read))
        drafts = [literal_draft(self.checker, type_, value, f"{at}/{n}") for n, value in enumerate(values)]
        found = [draft for draft in drafts if draft is not None]
        if len(found) < len(drafts):
            return REFUSED
        return self.checker.within(operand, found, self._negated(fields, pointer))

    def _like(self, node: dict[str, Any], pointer: str, depth: int) -> Condition:
        fields = fields_of(self.checker, node, pointer, ("kind", "operand", "pattern"), ("negated",))
        if fields is None:
            return REFUSED
        operand = operand_draft(self.checker, fields["operand"], f"{pointer}/operand")
        pattern = literal_draft(self.checker, "text", fields["pattern"], f"{pointer}/pattern")
        if operand is None or pattern is None:
            return REFUSED
        return self.checker.like(operand, pattern, self._negated(fields, pointer))

    def _is_null(self, node: dict[str, Any], pointer: str, depth: int) -> Condition:
        fields = fields_of(self.checker, node, pointer, ("kind", "attribute"), ("negated",))
        if fields is None:
            return REFUSED
        operand = operand_draft(self.checker, fields["attribute"], f"{pointer}/attribute")
        if operand is None:
            return REFUSED
        return self.checker.is_null(operand, self._negated(fields, pointer))

    def _flag(self, node: dict[str, Any], pointer: str, depth: int) -> Condition:
        fields = fields_of(self.checker, node, pointer, ("kind", "attribute"))
        if fields is None:
            return REFUSED
        operand = operand_draft(self.checker, fields["attribute"], f"{pointer}/attribute")
        if operand is None:
            return REFUSED
        if not isinstance(operand.content, Reference):
            return self._fault("A flag is an attribute", f"{pointer}/attribute")
        return self.checker.alone(operand)

    def _constant(self, node: dict[str, Any], pointer: str, depth: int) -> Condition:
        fields = fields_of(self.checker, node, pointer, ("kind", "value"))
        if fields is None:
            return REFUSED
        if not isinstance(fields["value"], bool):
            return self._fault("The value of a constant is true or false", f"{pointer}/value")
        return Constant(fields["value"])

    def _contains(self, node: dict[str, Any], pointer: str, depth: int) -> Condition:
        fields = fields_of(self.checker, node, pointer, ("kind", "attribute", "value"))
        if fields is None:
            return REFUSED
        operand = operand_draft(self.checker, fields["attribute"], f"{pointer}/attribute")
        value = literal_draft(self.checker, "text", fields["value"], f"{pointer}/value")
        return REFUSED if operand is None or value is None else self.checker.contains(operand, value)

    def _in_segment(self, node: dict[str, Any], pointer: str, depth: int) -> Condition:
        fields = fields_of(self.checker, node, pointer, ("kind", "key"))
        if fields is None:
            return REFUSED
        if not isinstance(fields["key"], str):
            return self._fault("The key of a segment is a text", f"{pointer}/key")
        return self.checker.in_segment(fields["key"], Place(pointer=f"{pointer}/key"))

    def _negated(self, fields: dict[str, Any], pointer: str) -> bool:
        negated = fields.get("negated", False)
        if not isinstance(negated, bool):
            self._fault("negated is true or false", f"{pointer}/negated")
        return negated is True
