"""What an engine is: it evaluates rules over a profile build and answers members as sets of ordinals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Protocol, Self

from pyroaring import BitMap

from taxonomy.rules import Rule

# Told after each part: rows done, rows in all.
OnRows = Callable[[int, int], None]


@dataclass
class Evaluation:
    """Members by rule, the rules that failed with their reasons, and where the time went (seconds)."""

    members: dict[str, BitMap] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    compile_seconds: float = 0.0
    evaluate_seconds: float = 0.0
    bitmap_seconds: float = 0.0


@dataclass(frozen=True)
class EngineOptions:
    """How to evaluate; nothing here may change the answer. None leaves the choice to the engine.

    `threads` of one process; `slice_rows` read at a time (a multiple of 65,536); `shards` computed apart; `order`: the
    seed by which the rules are shuffled before they are compiled.
    """

    threads: int | None = None
    slice_rows: int | None = None
    shards: int | None = None
    order: int | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """From the options of a run, which may hold more."""
        known = {name: stored[name] for name in cls.__dataclass_fields__ if stored.get(name) is not None}
        return cls(**known)

    def stored(self) -> dict[str, int]:
        """Those that were chosen."""
        return {name: value for name, value in asdict(self).items() if value is not None}


class Engine(Protocol):
    """Evaluates all rules over one build. The same build, rules and instant give the same members in every engine."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def evaluate(
        self,
        build: Any,
        rules: Sequence[tuple[str, Rule]],
        as_of: datetime,
        options: EngineOptions | None = None,
        on_rows: OnRows | None = None,
    ) -> Evaluation:
        """Members of every rule over the rows of `build`; a rule that fails marks itself and what refers to it."""
        ...
