"""What a statement names by key, in the words that people know; read when the page asks for it."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from aims.selectors import known_moments
from reviews.selectors import known_attributes
from taxonomy.choices import DefinitionType
from taxonomy.selectors import objectives_for
from taxonomy.selectors.definitions import guideline, words_for


class StatementNames:
    """The names behind the keys of one statement, for one viewer; what they may not see keeps its key."""

    def __init__(self, viewer: Any, said: Mapping[str, Any]) -> None:
        self.viewer = viewer
        self.said = said

    @property
    def moments(self) -> list[str]:
        """The moments of truth by name; one that no journey has any more as it was written."""
        found, unknown = known_moments(self.said.get("moments") or [])
        return [*(f"{moment.name} ({moment.journey_name})" for moment in found), *unknown]

    @property
    def due_on(self) -> date:
        """The day on which the prediction is measured."""
        return date.fromisoformat(self.said["prediction"]["due_on"])

    @property
    def predictions(self) -> list[tuple[str, Mapping[str, Any]]]:
        """What is predicted, in words, with its low, expected and high."""
        given = self.said["prediction"]
        found = [("Members", given["size"])] if given.get("size") else []
        if value := given.get("value"):
            found.append((f"{self._attribute(value['attribute'])}, averaged over the members", value))
        if outcome := given.get("outcome"):
            found.append((self._metrics.get(outcome["metric"], outcome["metric"]), outcome))
        return found

    @property
    def assumptions(self) -> list[tuple[str, Mapping[str, Any]]]:
        """(what measures it, the assumption) of each that it rests on."""
        return [(self.measure_of(row), row) for row in self.said.get("assumptions") or []]

    def measure_of(self, row: Mapping[str, Any]) -> str:
        """What an assumption is measured by, in words; empty where nothing does."""
        if row.get("attribute"):
            return f"{self._attribute(row['attribute'])}, averaged over the members,"
        return self._metrics.get(row["metric"], row["metric"]) if row.get("metric") else ""

    @property
    def ethics(self) -> list[tuple[str, Mapping[str, str]]]:
        """(question, answer) of the guideline; a question that is no longer asked by its key."""
        asked = guideline()
        texts = {each["key"]: each["text"] for each in asked.questions} if asked else {}
        return [(texts.get(key, key), given) for key, given in (self.said.get("ethics") or {}).items()]

    def _attribute(self, key: str) -> str:
        return self._labels.get(key, key)

    @cached_property
    def _labels(self) -> dict[str, str]:
        return {row.key: row.label for row in known_attributes(viewer=self.viewer)}

    @cached_property
    def _metrics(self) -> dict[str, str]:
        words = {word.key: word.name for word in words_for(viewer=self.viewer, kind=DefinitionType.METRIC)}
        return {row.key: f"{row.name}: {row.metric}" for row in objectives_for(viewer=self.viewer)} | words
