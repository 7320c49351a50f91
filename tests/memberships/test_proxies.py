"""The proxy screen: a planted postcode is found, and nothing that a few customers do shows in its answer."""

from typing import Any

import pytest

from customers.services.attributes import define_attribute
from customers.services.builds import build_profiles
from customers.services.profiles import merge_customers_bulk
from memberships.selectors.proxies import screen
from taxonomy.rules import Rule, parse
from taxonomy.selectors import rule_catalogue

pytestmark = pytest.mark.django_db
ATTRIBUTES: dict[str, dict[str, Any]] = {
    "origin": {"label": "Origin", "type": "text", "dimension": "demographic", "sensitivity": "special"},
    "postcode": {"label": "Postcode", "type": "text", "dimension": "demographic"},
    "spend": {"label": "Spend", "type": "number", "dimension": "value", "unit": "USD"},
}


def plant(people: Any, rows: list[tuple[str, str, int]]) -> None:
    """Customers of (origin, postcode, spend)."""
    for key, content in ATTRIBUTES.items():
        define_attribute(actor=people.steward, key=key, content=content)
    known = [
        {"external_id": f"c-{place}", "attributes": {"origin": origin, "postcode": postcode, "spend": spend}}
        for place, (origin, postcode, spend) in enumerate(rows)
    ]
    merge_customers_bulk(actor=people.steward, rows=known)
    build_profiles()


def rule(text: str) -> Rule:
    return parse(text, rule_catalogue())


def test_screen__planted_postcode__is_the_strongest_proxy(cast: Any) -> None:
    rows = [("a" if place % 2 else "b", "100" if place % 2 else "200", place // 2) for place in range(80)]
    plant(cast, rows)
    found = screen(segment_key=None, effective_rule=rule("postcode = '100' AND spend >= 5"))
    assert (found.proxy, found.strength, found.is_strong) == ("postcode", 1.0, True)


def test_screen__rule_without_a_proxy__is_calm(cast: Any) -> None:
    rows = [("a" if place % 2 else "b", "100" if place % 4 < 2 else "200", place // 4) for place in range(80)]
    plant(cast, rows)
    found = screen(segment_key=None, effective_rule=rule("postcode = '100' AND spend >= 5"))
    assert not found.is_strong
    assert (found.evenness_after, found.is_uneven) == (1.0, False)


def test_screen__one_origin_is_left_out__is_uneven(cast: Any) -> None:
    plant(cast, [("a" if place < 40 else "b", "100", place) for place in range(80)])
    found = screen(segment_key=None, effective_rule=rule("spend >= 32"))
    assert found.evenness_after == 0.2
    assert found.is_uneven


@pytest.mark.parametrize("of_few", ["100", "200"])
def test_screen__what_a_few_do__changes_nothing(cast: Any, of_few: str) -> None:
    """Three customers of a third origin: which postcode they have, and so whether they are chosen, does not show."""
    rows = [("a" if place % 2 else "b", "100" if place % 4 < 2 else "200", 1) for place in range(80)]
    plant(cast, [*rows, *[("c", of_few, 1)] * 3])
    found = screen(segment_key=None, effective_rule=rule("postcode = '100'"))
    assert (found.strength, found.evenness_before, found.evenness_after) == (0.0, None, None)


def test_screen__nothing_declared__says_so(cast: Any) -> None:
    define_attribute(actor=cast.steward, key="spend", content=ATTRIBUTES["spend"])
    merge_customers_bulk(actor=cast.steward, rows=[{"external_id": "c", "attributes": {"spend": 1}}])
    build_profiles()
    assert screen(segment_key=None, effective_rule=rule("spend > 0")).protected == 0
