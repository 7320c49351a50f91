"""The stages that make customers' profiles: collection, features, scores. Each can be replaced and tested alone."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC
from typing import Any, Final

import polars as pl
from psycopg import sql

from common.digests import digest_of
from customers.rows.derivations import EventDerivation
from customers.rows.frames import build_columns
from customers.stages.base import Asked, Stage
from customers.stages.collection import Collection
from customers.stages.events import StoredEvents
from customers.stages.features import Events, Features
from customers.stages.scores import Scores

__all__ = ["Asked", "Pipeline", "Stage", "grounds_of", "profiles"]

# Rises with the columns that files of builds have beside those of attributes.
_FORM: Final = 1


class Pipeline:
    """The stages one after the other, with the seconds that each has taken. `events` is where features read."""

    def __init__(self, asked: Asked, events: Events | None = None) -> None:
        self.asked = asked
        self.collection = Collection()
        self.stages: Sequence[Stage] = (Features(events or StoredEvents()), Scores())
        self.seconds: dict[str, float] = dict.fromkeys((Collection.name, *(one.name for one in self.stages)), 0.0)

    def rows(
        self, condition: sql.Composable, *, more: Mapping[str, tuple[str, pl.DataType]] | None = None
    ) -> pl.DataFrame:
        """The customers that meet the condition, by ordinal, in the columns of a build; what `more` asks for behind."""
        began = time.perf_counter()
        frame = self.collection.rows(self.asked, condition, more)
        began = self._stop(self.collection.name, began)
        for stage in self.stages:
            frame = stage.add(frame, self.asked)
            began = self._stop(stage.name, began)
        return frame.select(*build_columns(self.asked.schema), *(more or ()))

    def told(self) -> list[dict[str, object]]:
        """What each stage is and did: name, version, number of columns, seconds."""
        kinds = [(one.name, one.version, len(one.keys(self.asked))) for one in self.stages]
        first = (self.collection.name, self.collection.version, len(self.collection.keys(self.asked)))
        return [
            {"stage": name, "version": version, "columns": columns, "seconds": round(self.seconds[name], 3)}
            for name, version, columns in (first, *kinds)
        ]

    def _stop(self, stage: str, began: float) -> float:
        ended = time.perf_counter()
        self.seconds[stage] += ended - began
        return ended


def profiles(
    asked: Asked, condition: sql.Composable, *, more: Mapping[str, tuple[str, pl.DataType]] | None = None
) -> pl.DataFrame:
    """Some customers, by ordinal, in the columns of a build; what `more` asks for behind."""
    return Pipeline(asked).rows(condition, more=more)


def grounds_of(asked: Asked, kept_since: str | None) -> dict[str, Any]:
    """What values rest on beside customers' own rows: a build with other grounds is made anew, not continued.

    These are the stages' versions, how attributes are computed, the day that windows count back from, and since when
    events are kept.
    """
    derived = {key: row for key, row in asked.catalogue.items() if row.derivation}
    features = [row.derivation for row in derived.values() if isinstance(row.derivation, EventDerivation)]
    grounds: dict[str, Any] = {"form": _FORM}
    if derived:
        told = {
            key: [row.type, list(row.choices), asdict(row.derivation)] for key, row in derived.items() if row.derivation
        }
        grounds |= {"derived": digest_of(told), "stages": [Collection.version, Features.version, Scores.version]}
    if features:
        grounds["kept_since"] = kept_since
    if any(feature.within_days is not None for feature in features):
        grounds["day"] = asked.as_of.astimezone(UTC).date().isoformat()
    return grounds
