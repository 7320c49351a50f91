"""What the founders of the segments predicted, and what came of it: measured by the portal or said by somebody."""

import tomllib
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

from accounts.selectors import user_by_username
from common.clock import now
from demo.documents import FOLDER, Content, Proposal
from insights.selectors.forecasts import forecasts_for
from insights.services.forecasts import keep_forecasts, measure_due, record_actual
from reviews.selectors import requests_for
from reviews.services.assuming import measure_assumptions

_MEASURES = ("size", "value", "outcome")


@cache
def predictions() -> dict[str, Content]:
    """What was predicted of a segment, by its key."""
    entries = tomllib.loads((FOLDER / "outcomes.toml").read_text(encoding="utf-8"))["predictions"]
    return {entry["subject_key"]: entry for entry in entries}


def with_predictions(proposals: Iterable[Proposal]) -> list[Proposal]:
    """The proposals, each with what its author committed to."""
    return [replace(each, statement=_statement(each.key)) for each in proposals]


def _statement(key: str) -> Content:
    entry = predictions().get(key)
    if entry is None:
        return {}
    due_on = now().date() - timedelta(days=entry["due_days_ago"])
    numbers = {name: entry[name] for name in _MEASURES if name in entry}
    return {"prediction": {**numbers, "due_on": due_on.isoformat()}, "assumptions": entry.get("assumptions", [])}


def load_outcomes() -> int:
    """Afterwards every prediction whose day has come is measured, by the portal or by somebody with evidence, and those
    that nobody could judge are owed; how many numbers were settled now."""
    viewer = user_by_username("nora")
    rows = requests_for(viewer=viewer).filter(subject_type="segment", kind="create", state="applied")
    for request in rows.filter(subject_key__in=predictions()):
        keep_forecasts(request_id=request.pk)
    said = sum(_said(viewer, entry) for entry in predictions().values() if "came" in entry)
    return said + measure_due() + measure_assumptions()


def _said(viewer: Any, entry: Content) -> int:
    came, key = entry["came"], entry["subject_key"]
    row = forecasts_for(viewer=viewer, segment=key).filter(measure="outcome").first()
    if row is None or row.actual is not None or row.due_on > now().date():
        return 0
    person = user_by_username(came["by"])
    record_actual(actor=person, forecast_id=row.pk, actual=came["value"], evidence=came["evidence"])
    return 1
