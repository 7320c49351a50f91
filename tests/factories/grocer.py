"""A small grocer: seven attributes, twelve customers, four segments and a board, all made through the services."""

from types import SimpleNamespace
from typing import Any

from common.actors import SYSTEM
from customers.services.attributes import define_attribute
from customers.services.profiles import merge_customers_bulk
from customers.services.sources import define_source
from reviews.services.boards import define_board
from taxonomy.services.enactment import enact_version
from taxonomy.services.objectives import define_objective

# key -> (type, dimension, sensitivity, more)
ATTRIBUTES: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "orders_90d": ("number", "behavioral", "internal", {"label": "Orders, 90 days", "unit": "orders"}),
    "spend_365d": ("number", "value", "internal", {"label": "Spend, 365 days", "unit": "USD"}),
    "last_order_on": ("date", "behavioral", "internal", {"label": "Last order"}),
    "main_department": (
        "enum",
        "behavioral",
        "internal",
        {"label": "Main department", "choices": ["Bakery", "Deli", "Produce"]},
    ),
    "departments": ("set", "behavioral", "internal", {"label": "Departments"}),
    "has_children": ("boolean", "demographic", "personal", {"label": "Has children"}),
    "household_note": ("text", "demographic", "special", {"label": "Household note"}),
}

# external id -> attributes
CUSTOMERS: dict[str, dict[str, Any]] = {
    "hh-01": {"orders_90d": 20, "spend_365d": 5200, "last_order_on": "2026-11-01", "main_department": "Deli"},
    "hh-02": {"orders_90d": 15, "spend_365d": 3100, "last_order_on": "2026-10-20", "has_children": True},
    "hh-03": {"orders_90d": 12, "spend_365d": 2900, "last_order_on": "2026-10-02", "main_department": "Produce"},
    "hh-04": {"orders_90d": 9, "spend_365d": 4000, "last_order_on": "2026-09-11", "has_children": False},
    "hh-05": {"orders_90d": 3, "spend_365d": 700, "last_order_on": "2026-08-01", "departments": ["Bakery", "Deli"]},
    "hh-06": {"orders_90d": 2, "spend_365d": 650, "main_department": "Bakery"},
    "hh-07": {"orders_90d": 1, "spend_365d": 90, "household_note": "call in the evening"},
    "hh-08": {"orders_90d": 0, "spend_365d": 0},
    "hh-09": {"orders_90d": 13, "spend_365d": 3000},
    "hh-10": {"spend_365d": 3600},
    "hh-11": {"orders_90d": 14},
    "hh-12": {},
}

SEGMENTS: dict[str, dict[str, Any]] = {
    "households": {"tier": "market", "name": "All households",
                   "rule": "spend_365d IS NOT NULL OR orders_90d IS NOT NULL"},
    "anchors": {"tier": "segment", "parent": "households", "name": "Anchor households",
                "rule": "orders_90d >= 12 AND spend_365d >= 3000"},
    "occasional": {"tier": "segment", "parent": "households", "name": "Occasional households",
                   "rule": "orders_90d < 4"},
    "anchor-families": {"tier": "sub_segment", "parent": "anchors", "name": "Anchor families", "rule": "has_children"},
}  # fmt: skip

# What the rules above select from CUSTOMERS, by hand.
MEMBERS = {
    "households": ["hh-01", "hh-02", "hh-03", "hh-04", "hh-05", "hh-06", "hh-07", "hh-08", "hh-09", "hh-10", "hh-11"],
    "anchors": ["hh-01", "hh-02", "hh-09"],
    "occasional": ["hh-05", "hh-06", "hh-07", "hh-08"],
    "anchor-families": ["hh-02"],
}


def segment_content(key: str, **given: Any) -> dict[str, Any]:
    """What a request would propose for one of SEGMENTS, changed where told."""
    return {
        "tier": "segment",
        "parent": None,
        "meaning": f"What {key} means to everybody.",
        "objective": "loyalty",
        "owners": {"data": "steward", "definition": "owner", "outcome": "owner"},
        **SEGMENTS.get(key, {}),
        **given,
    }


def define_catalogue(people: SimpleNamespace) -> None:
    """The source and the attributes."""
    define_source(actor=people.steward, key="pos", content={"name": "Point of sale", "kind": "product"})
    for key, (kind, dimension, sensitivity, more) in ATTRIBUTES.items():
        content = {"type": kind, "dimension": dimension, "sensitivity": sensitivity, "source": "pos", **more}
        define_attribute(actor=people.steward, key=key, content=content)


def merge_customers(people: SimpleNamespace) -> None:
    """The twelve customers."""
    rows = [{"external_id": key, "attributes": values} for key, values in CUSTOMERS.items()]
    merge_customers_bulk(actor=people.steward, rows=rows, source_key="pos")


def enact_segments(people: SimpleNamespace) -> None:
    """The objective and the four segments, as approved requests would have made them."""
    define_objective(
        actor=people.administrator,
        key="loyalty",
        content={
            "name": "Keep the households the stores live on",
            "kind": "retention",
            "metric": "Share of anchor households kept over a quarter",
            "unit": "%",
            "baseline": 91,
            "target": 94,
            "target_on": "2027-06-30",
            "owner": "owner",
        },
    )
    for key in SEGMENTS:
        enact_version(
            actor=SYSTEM,
            kind="create",
            segment_key=key,
            content=segment_content(key),
            rationale="They carry the stores.",
            expected_outcome="They stay.",
            base_version=None,
            request_ref="set-up",
        )


def make_grocer(people: SimpleNamespace) -> SimpleNamespace:
    """The whole small company, with a board of three functions over everything."""
    define_catalogue(people)
    merge_customers(people)
    enact_segments(people)
    define_board(
        actor=people.administrator,
        key="board",
        name="Segmentation board",
        description="Decides what segments mean.",
        policy={"quorum": 2, "required": {"marketing": 1, "sales": 1}, "expires_days": 30},
        seats={"marketing": ["marketing_member"], "sales": ["sales_member"], "finance": ["finance_member"]},
    )
    return people
