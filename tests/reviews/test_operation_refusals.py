"""Bad input to operations on segments: each refusal says in words what is wrong, and where it was written."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from customers.services.attributes import define_attribute
from reviews.models import ChangeRequest
from tests.reviews.test_operations import carried_out, created, proposed, rule_of

pytestmark = pytest.mark.django_db
PART = {"key": "part-a", "name": "Part A", "rule": "spend > 5"}

BAD: list[tuple[str, str, Any, str]] = [
    ("split", "big-baskets", None, "/proposed"),
    ("split", "big-baskets", [], "/proposed"),
    ("split", "big-baskets", {}, "/proposed/parts"),
    ("split", "big-baskets", {"parts": "two"}, "/proposed/parts"),
    ("split", "big-baskets", {"parts": [PART, 5]}, "/proposed/parts"),
    ("split", "big-baskets", {"parts": [PART, PART]}, "/proposed/parts"),
    ("split", "big-baskets", {"parts": [PART, {"key": "UPPER case"}]}, "/proposed/parts/1/key"),
    ("split", "big-baskets", {"parts": [PART, {"key": "big-baskets"}]}, "/proposed/parts/1/key"),
    ("split", "big-baskets", {"parts": [PART, {"key": "b", "colour": "red"}]}, "/proposed/parts/1/colour"),
    ("split", "big-baskets", {"parts": [PART], "extra": 1}, "/proposed/extra"),
    ("split", "nothing-here", {"parts": [PART, {"key": "part-b"}]}, "/subject/key"),
    ("merge", "all-of-them", {}, "/proposed/sources"),
    ("merge", "all-of-them", {"sources": "big-baskets"}, "/proposed/sources"),
    ("merge", "all-of-them", {"sources": ["big-baskets"]}, "/proposed/sources"),
    ("merge", "all-of-them", {"sources": ["big-baskets", "big-baskets"]}, "/proposed/sources"),
    ("merge", "all-of-them", {"sources": ["big-baskets", "nobody"]}, "/proposed/sources/1"),
    ("merge", "big-baskets", {"sources": ["big-baskets"]}, "/proposed/sources"),
    ("merge", "all-of-them", {"sources": ["big-baskets", "late"], "content": "x"}, "/proposed/content"),
    ("merge", "all-of-them", {"sources": ["big-baskets", "late"], "content": {"x": 1}}, "/proposed/content/x"),
    ("rename", "big-baskets", {"name": ""}, "/proposed/name"),
    ("rename", "big-baskets", {"name": 5}, "/proposed/name"),
    ("rename", "big-baskets", {"rule": "spend > 1"}, "/proposed/rule"),
    ("rename", "big-baskets", {}, "/proposed"),
    ("move", "big-baskets", {"parent": "nobody"}, "/proposed/parent"),
    ("move", "big-baskets", {"parent": "big-baskets"}, "/proposed/parent"),
    ("move", "big-baskets", {"parent": ["late"]}, "/proposed/parent"),
    ("move", "big-baskets", {"tier": "galaxy"}, "/proposed/tier"),
    ("move", "nobody", {"parent": None}, "/subject/key"),
    ("reorganise", "big-baskets", {}, "/proposed/rows"),
    ("reorganise", "big-baskets", {"rows": [{"segment": "nobody", "name": "X"}]}, "/proposed/rows/0/segment"),
    ("reorganise", "big-baskets", {"rows": [{"segment": "late", "rule": "TRUE"}]}, "/proposed/rows/0/rule"),
    ("reorganise", "big-baskets", {"rows": [{"segment": "late", "name": "Late buyers"}]}, "/proposed"),
    ("reorganise", "big-baskets", {"rows": [{"segment": "late", "name": "A"}, {"segment": "late", "name": "B"}]},
     "/proposed/rows"),
    ("revert", "big-baskets", {}, "/proposed/version"),
    ("revert", "big-baskets", {"version": "1"}, "/proposed/version"),
    ("revert", "big-baskets", {"version": 99}, "/proposed/version"),
    ("revert", "big-baskets", {"version": True}, "/proposed/version"),
    ("revert", "big-baskets", {"version": 10**30}, "/proposed/version"),
    ("retire", "big-baskets", {"successor": "nobody"}, "/proposed/successor"),
    ("retire", "big-baskets", {"successor": ["late"]}, "/proposed/successor"),
    ("retire", "big-baskets", {"successor": "big-baskets"}, "/proposed/successor"),
    ("deprecate", "big-baskets", {}, "/proposed/successor"),
    ("deprecate", "big-baskets", {"successor": "nobody"}, "/proposed/successor"),
    ("swap", "late", {}, "/proposed/replacement"),
    ("swap", "late", {"attribute": "bought_on", "replacement": "bought_on"}, "/proposed/replacement"),
    ("swap", "late", {"attribute": "bought_on", "replacement": "nothing"}, "/proposed/replacement"),
    ("swap", "late", {"attribute": "bought_on", "replacement": "spend"}, "/proposed/replacement"),
    ("swap", "late", {"attribute": "coupons", "replacement": "paid_on"}, "/proposed/attribute"),
    ("swap", "late", {"attribute": "bought_on", "replacement": "paid_on", "values": [1]}, "/proposed/values"),
    ("swap", "late", {"attribute": "bought_on", "replacement": "paid_on", "values": {"2026-03-01": "March"}},
     "/proposed/values/2026-03-01"),
    ("swap", "late", {"attribute": "bought_on", "replacement": "paid_on", "values": {"2026-03-01": [1]}},
     "/proposed/values/2026-03-01"),
    ("swap", "late", {"attribute": "bought_on", "replacement": "paid_on", "values": {"a/b": None}},
     "/proposed/values/a~1b"),
]  # fmt: skip


@pytest.fixture
def dated(cast: SimpleNamespace, live_segment: str) -> SimpleNamespace:
    """A segment whose rule names a day and a moment, and attributes that may take their place."""
    for key, kind in (("bought_on", "date"), ("paid_on", "date"), ("seen_at", "timestamp"), ("read_at", "timestamp")):
        define_attribute(actor=SYSTEM, key=key, content={"label": key, "type": kind, "dimension": "behavioral"})
    rule = "bought_on >= DATE '2026-03-01' AND seen_at < TIMESTAMP '2026-04-01 10:00:00'"
    created(cast, "late", name="Late buyers", rule=rule)
    return cast


def test_operations__bad_input_by_api__is_refused_in_words_at_its_place(dated: SimpleNamespace, client: Client) -> None:
    client.force_login(dated.owner)
    before, wrong = ChangeRequest.objects.count(), []
    for kind, key, content, pointer in BAD:
        body = {
            "kind": kind,
            "subject": {"type": "segment", "key": key},
            "proposed": content,
            "rationale": "The market has changed.",
        }
        answer = client.post("/api/v1/change-requests/", body, content_type="application/json")
        told = answer.json()
        places = [error.get("pointer") for error in told.get("errors", [])] or [told.get("pointer")]
        if answer.status_code not in (400, 404, 409, 422) or pointer not in places or not told.get("detail"):
            wrong.append((kind, content, pointer, answer.status_code, told.get("detail"), places))
    assert not wrong, "\n".join(map(str, wrong))
    assert ChangeRequest.objects.count() == before


def test_swap__days_and_moments_by_api__are_written_in_their_type(dated: SimpleNamespace) -> None:
    days = {"attribute": "bought_on", "replacement": "paid_on", "values": {"2026-03-01": "2026-02-15"}}
    assert carried_out(dated, proposed(dated.owner, "swap", "late", days)).state == "applied"
    assert "paid_on >= DATE '2026-02-15'" in rule_of("late")
    moment = datetime(2026, 4, 1, 10, tzinfo=UTC).isoformat()
    moments = {"attribute": "seen_at", "replacement": "read_at", "values": {moment: "2026-04-02T08:00:00Z"}}
    assert carried_out(dated, proposed(dated.owner, "swap", "late", moments)).state == "applied"
    assert "read_at < TIMESTAMP '2026-04-02" in rule_of("late")


def test_swap__onto_a_number__takes_numbers_only(dated: SimpleNamespace) -> None:
    define_attribute(actor=SYSTEM, key="visits", content={"label": "V", "type": "number", "dimension": "behavioral"})
    created(dated, "often", name="Often", rule="coupons >= 3")
    swap = {"attribute": "coupons", "replacement": "visits", "values": {"3": 4}}
    assert carried_out(dated, proposed(dated.owner, "swap", "often", swap)).state == "applied"
    assert rule_of("often") == "visits >= 4"
