"""The solver behind a small interface: formulas as text, checks under assumptions, models as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Formula = str
TRUE: Formula = "true"
FALSE: Formula = "false"

# So much work is done in a millisecond on the machine where this was measured. It is counted, not timed, so that
# machines agree on what stays undecided; the clock is only the backstop.
_WORK_PER_MILLISECOND = 10_000


def conj(parts: Iterable[Formula]) -> Formula:
    """All of them."""
    kept = [part for part in parts if part != TRUE]
    if FALSE in kept:
        return FALSE
    return TRUE if not kept else kept[0] if len(kept) == 1 else f"(and {' '.join(kept)})"


def disj(parts: Iterable[Formula]) -> Formula:
    """One of them."""
    kept = [part for part in parts if part != FALSE]
    if TRUE in kept:
        return TRUE
    return FALSE if not kept else kept[0] if len(kept) == 1 else f"(or {' '.join(kept)})"


def neg(part: Formula) -> Formula:
    """The opposite."""
    if part in (TRUE, FALSE):
        return FALSE if part == TRUE else TRUE
    return part[5:-1] if part.startswith("(not ") else f"(not {part})"


class Script:
    """Names and what must hold, gathered before the solver sees any of it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: set[str] = set()
        self.has_numbers = False

    def truth(self, name: str) -> Formula:
        """A name for a truth value."""
        return self._declare(name, "Bool")

    def number(self, name: str) -> Formula:
        """A name for a whole number."""
        self.has_numbers = True
        return self._declare(name, "Int")

    def require(self, formula: Formula) -> None:
        """Something that must hold."""
        if formula != TRUE:
            self.lines.append(f"(assert {formula})")

    def define(self, name: str, formula: Formula) -> Formula:
        """A name that is true exactly where the formula is."""
        self.truth(name)
        self.require(f"(= {name} {formula})")
        return name

    def _declare(self, name: str, sort: str) -> Formula:
        if name not in self.names:
            self.names.add(name)
            self.lines.append(f"(declare-const {name} {sort})")
        return name


class Engine:
    """One context of the solver; not to be shared between threads."""

    def __init__(self) -> None:
        self._context: Any = None

    def load(self, script: Script, budget_ms: int) -> Checker:
        """A checker of what the script says."""
        # Imported here: web processes that never prove should not load a library of 50 MB.
        import z3  # type: ignore[import-untyped]

        if self._context is None:
            self._context = z3.Context()
        solver = z3.SolverFor("QF_LIA" if script.has_numbers else "QF_FD", ctx=self._context)
        solver.from_string("\n".join(script.lines))
        solver.set("rlimit", max(1, budget_ms * _WORK_PER_MILLISECOND))
        return Checker(z3, self._context, solver)


class Checker:
    """Answers whether everything required can hold together with some more."""

    def __init__(self, z3: Any, context: Any, solver: Any) -> None:
        self._z3 = z3
        self._context = context
        self._solver = solver
        self._literals: dict[str, Any] = {}
        self._names: dict[str, Any] = {}
        self._timeout = 0

    def check(self, literals: Iterable[Formula], timeout_ms: int) -> bool | None:
        """Whether it is possible with these names (or their negations) too; None where the budget was too small."""
        if timeout_ms != self._timeout:
            self._timeout = timeout_ms
            self._solver.set("timeout", timeout_ms)
        terms = [self._literal(literal).ast for literal in literals]
        # The plain call: the library's own wrapper looks at every literal anew, which takes longer than the check.
        found = self._z3.Z3_solver_check_assumptions(
            self._context.ref(), self._solver.solver, len(terms), (self._z3.Ast * len(terms))(*terms)
        )
        return {1: True, -1: False}.get(found)

    def model(self) -> Model:
        """What the last check that was possible found."""
        return Model(self._z3, self._context, self._solver.model(), self._names)

    def require(self, script: Script) -> None:
        """Add to what must hold, in names that are known already."""
        self._solver.from_string("\n".join(script.lines))

    def _literal(self, literal: Formula) -> Any:
        found = self._literals.get(literal)
        if found is None:
            inner = neg(literal) if literal.startswith("(not ") else literal
            found = self._z3.Bool(inner, self._context)
            self._literals[literal] = found = self._z3.Not(found) if inner != literal else found
        return found


class Model:
    """One possible customer in the solver's terms; names are read when they are asked for."""

    def __init__(self, z3: Any, context: Any, model: Any, constants: dict[str, Any]) -> None:
        self._z3 = z3
        self._context = context
        self._model = model
        self._constants = constants

    def truth(self, name: Formula) -> bool:
        """Whether the name is true; what the model leaves open counts as false."""
        found = self._interpretation(name, self._z3.Bool)
        return bool(found) and self._z3.Z3_get_bool_value(self._context.ref(), found) == 1

    def number(self, name: Formula) -> int:
        """The number with this name."""
        found = self._interpretation(name, self._z3.Int)
        return int(self._z3.Z3_get_numeral_string(self._context.ref(), found)) if found else 0

    def _interpretation(self, name: Formula, kind: Any) -> Any:
        if name in (TRUE, FALSE):
            return None
        constant = self._constants.get(name)
        if constant is None:
            self._constants[name] = constant = kind(name, self._context).decl()
        return self._z3.Z3_model_get_const_interp(self._context.ref(), self._model.model, constant.ast)
