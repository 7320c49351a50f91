"""A grocer's catalogue and decisions about its segments, made through the services."""

from typing import Any

from common.actors import SYSTEM
from customers.services.attributes import define_attribute
from taxonomy.models import SegmentVersion
from taxonomy.services.enactment import enact_version
from taxonomy.services.objectives import define_objective

# key -> (type, dimension, sensitivity, more)
ATTRIBUTES: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "visits": ("number", "behavioral", "internal", {"unit": "visits"}),
    "spend": ("number", "value", "internal", {"unit": "USD"}),
    "age_band": ("enum", "demographic", "internal", {"choices": ["19-24", "25-34", "35-44"]}),
    "has_kids": ("boolean", "demographic", "personal", {}),
    "diet": ("text", "behavioral", "special", {}),
}


def define_attributes(steward: Any) -> None:
    """The catalogue of the stage."""
    for key, (kind, dimension, sensitivity, more) in ATTRIBUTES.items():
        content = {
            "label": key.replace("_", " ").capitalize(),
            "type": kind,
            "dimension": dimension,
            "sensitivity": sensitivity,
            "steward": steward.get_username(),
            **more,
        }
        define_attribute(actor=steward, key=key, content=content)


def named(key: str) -> str:
    """The name of a segment of that key, as no two segments may have the same."""
    return f"{key.replace('-', ' ').capitalize()} visitors"


def content(**given: Any) -> dict[str, Any]:
    """What a request would propose, changed where told."""
    return {
        "tier": "segment",
        "parent": None,
        "name": "Frequent visitors",
        "meaning": "Households that come at least every week.",
        "rule": "visits >= 50",
        "objective": None,
        "axioms": {"exclusive": False, "covering": False},
        "thresholds": [],
        "owners": {"data": "steward", "definition": "owner", "outcome": "owner"},
        **given,
    }


def enact(key: str, *, base: int | None = None, actor: Any = SYSTEM, **given: Any) -> SegmentVersion:
    """A segment created, or changed from version `base`, as an approved request would."""
    return enact_version(
        actor=actor,
        kind="create" if base is None else "change",
        segment_key=key,
        content=content(**{"name": named(key), **given}),
        rationale="They carry most of the revenue.",
        expected_outcome="More of them buy fresh.",
        base_version=base,
        request_ref="1",
    )


def objective(steward: Any, key: str = "fresh", **given: Any) -> Any:
    """An objective of the stage."""
    return define_objective(
        actor=steward,
        key=key,
        content={
            "name": "More households buy fresh",
            "kind": "share_of_wallet",
            "metric": "Share of households with a fresh item each week",
            "unit": "%",
            "baseline": 31,
            "target": 40,
            "target_on": "2027-06-30",
            "owner": "owner",
            **given,
        },
    )
