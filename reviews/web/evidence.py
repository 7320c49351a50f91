"""The part of the request page about what a change would do, and what it would have done."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from django.urls import reverse

from memberships.measures.backtesting import FLAPPING
from reviews.selectors import Detail
from reviews.subjects.impact_checks import band_advice

_RELATIONS = {
    "no_effect": "It selects the same customers, whoever they are",
    "narrower": "It is narrower: nobody can enter",
    "wider": "It is wider: nobody can leave",
    "shifted": "It is shifted: some may enter and some may leave",
    "unrelated": "It has nobody in common with the rule in force",
}


def evidence_part(viewer: Any, detail: Detail) -> dict[str, Any]:
    """The picture of who moves, what hangs on them, and the look back; it asks the database nothing."""
    record = detail.record
    if not record or record.get("form") != "membership":
        return {"evidence": {}}
    found = {
        "relation": _RELATIONS.get(record.get("relation") or "", ""),
        "is_drawn": all(isinstance(record.get(name), int) for name in ("entering", "leaving", "staying")),
        **_flow(record),
        "sensitive": list(record.get("sensitive") or ()),
        "fairness": record.get("fairness") or {},
    }
    if record.get("backtest"):
        found["backtest"] = _backtest(record["backtest"])
    return {"evidence": found}


def _flow(record: Mapping[str, Any]) -> dict[str, Any]:
    """Who enters from where and who leaves to where; counts that are words stand beside the picture."""
    rows = {"sources": ("from", "no segment beside it"), "targets": ("to", "no segment beside it")}
    found: dict[str, Any] = {"told": []}
    for name, (way, nowhere) in rows.items():
        items = [
            {"label": move["name"], "href": reverse("taxonomy:segment", args=[move["segment"]]), "count": move[way]}
            for move in record.get("moves") or ()
            if move[way]
        ]
        if (record.get("elsewhere") or {}).get(way):
            items.append({"label": nowhere, "href": "", "count": record["elsewhere"][way]})
        found[name] = [item for item in items if isinstance(item["count"], int)]
        found["told"] += [{**item, "way": way} for item in items if not isinstance(item["count"], int)]
    return found


def _backtest(backtest: Mapping[str, Any]) -> dict[str, Any]:
    months = [{**row, "day": date.fromisoformat(row["on"])} for row in backtest["months"]]
    points = [
        {"at": datetime.combine(row["day"], time.max, UTC), "value": row["size"], "note": ""}
        for row in months
        if isinstance(row["size"], int)
    ]
    rate = backtest.get("flap_rate")
    return {
        "months": months[::-1],
        "points": points,
        "known": len(points),
        "flap_rate": rate,
        "is_flapping": rate is not None and rate >= FLAPPING,
        "stability": backtest.get("stability"),
        "live": backtest.get("live") or {},
        "advice": band_advice(backtest["band"]) if backtest.get("band") else "",
        "notes": sorted({row["note"] for row in months if row["note"]}),
    }
