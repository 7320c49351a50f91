"""Scores: attributes that add points for the values of others."""

import polars as pl

from customers.rows.derivations import ScoreDerivation
from customers.rows.scorecards import score_expression
from customers.stages.base import Asked


class Scores:
    """Scorecards over collected attributes and features; none reads another score."""

    name = "scores"
    version = 1

    def keys(self, asked: Asked) -> list[str]:
        """The attributes that are scores."""
        return list(_cards(asked))

    def add(self, frame: pl.DataFrame, asked: Asked) -> pl.DataFrame:
        """The frame with a column for each of them."""
        schema = asked.schema
        return frame.with_columns(score_expression(card, schema).alias(key) for key, card in _cards(asked).items())


def _cards(asked: Asked) -> dict[str, ScoreDerivation]:
    return {
        key: row.derivation
        for key, row in sorted(asked.catalogue.items())
        if isinstance(row.derivation, ScoreDerivation)
    }
