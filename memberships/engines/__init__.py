"""The engines that can evaluate rules, by name."""

from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.utils.module_loading import import_string

from memberships.engines.base import Engine, EngineOptions, Evaluation
from memberships.errors import UnknownEngine

# By dotted names: an engine's packages are loaded by who uses it, and no query runs before a worker forks.
ENGINES: Final[Mapping[str, str]] = {
    "polars": "memberships.engines.polars_engine.PolarsEngine",
    "shards": "memberships.engines.sharding.ShardedEngine",
    "spark": "memberships.engines.spark_engine.SparkEngine",
}


def chosen(name: str | None = None) -> Engine:
    """The engine of that name, or the one that the setting SEGPORTAL_ENGINE names. Refuses: UnknownEngine."""
    wanted = name or settings.SEGPORTAL_ENGINE
    if wanted not in ENGINES:
        raise UnknownEngine(f"There is no engine {wanted[:40]!r}. Choose one of {', '.join(ENGINES)}.")
    engine: Engine = import_string(ENGINES[wanted])()
    return engine


__all__ = ["ENGINES", "Engine", "EngineOptions", "Evaluation", "chosen"]
