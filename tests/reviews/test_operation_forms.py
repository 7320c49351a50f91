"""Forms of operations on several segments: each kind once carried to a draft, once refused beside its field."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.actors import SYSTEM
from customers.services.attributes import define_attribute
from reviews.models import ChangeRequest
from tests.reviews.test_operations import created

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]

WHY = {"rationale": "The market has changed.", "expected": "", "effective_at": ""}
SPLIT = {
    "parts-0-key": "very-big",
    "parts-0-name": "Very big baskets",
    "parts-0-meaning": "Households that buy most of all.",
    "parts-0-rule": "spend >= 5000",
    "parts-4-key": "rather-big",
    "parts-4-name": "Rather big baskets",
    "parts-4-meaning": "Households that buy a lot.",
    "parts-4-rule": "spend >= 1000 AND spend < 5000",
}


def address(kind: str, **more: str) -> str:
    asked = "".join(f"&{name}={value}" for name, value in more.items())
    return f"{reverse('reviews:request-new')}?type=segment&kind={kind}{asked}"


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def errors_of(answer: Any) -> dict[str, list[str]]:
    return {field: list(found) for field, found in answer.context["form"].errors.items()}


def drafts(kind: str) -> list[ChangeRequest]:
    return list(ChangeRequest.objects.filter(kind=kind).order_by("pk"))


def test_split__form__previews_then_makes_a_draft_that_can_be_edited(
    cast: SimpleNamespace, live_segment: str, client_of: SignIn
) -> None:
    client, url = client_of(cast.owner), address("split", key=live_segment)
    assert text_of(client.get(url)).count("spend &gt;= 1000</textarea>") == 2
    shown = client.post(url, {**SPLIT, "ask": "look"})
    assert "everybody of the old segment is in exactly one of the parts" in text_of(shown)
    assert "Grocery board" in text_of(shown) and not drafts("split")
    assert client.post(url, {**SPLIT, **WHY}).status_code == 302
    made = drafts("split")[0]
    assert [part["key"] for part in made.proposed["parts"]] == ["very-big", "rather-big"]
    edit = reverse("reviews:request-edit", args=[made.pk])
    assert "Very big baskets" in text_of(client.get(edit))
    changed = {**SPLIT, **WHY, "parts-0-name": "Biggest baskets", "version": made.version}
    assert client.post(edit, changed).status_code == 302
    assert drafts("split")[0].proposed["parts"][0]["content"]["name"] == "Biggest baskets"


def test_split__rows_without_script__come_and_go_and_keep_what_was_typed(
    cast: SimpleNamespace, live_segment: str, client_of: SignIn
) -> None:
    client, url = client_of(cast.owner), address("split", key=live_segment)
    more = client.post(url, {**SPLIT, "ask": "add parts"})
    assert 'name="parts-5-key"' in text_of(more) and "Rather big baskets" in text_of(more)
    less = client.post(url, {**SPLIT, "ask": "drop parts-0-key"})
    assert "Very big baskets" not in text_of(less) and "Rather big baskets" in text_of(less)
    assert (more.status_code, less.status_code, drafts("split")) == (200, 200, [])


def test_split__refusals__stand_beside_every_field(cast: SimpleNamespace, live_segment: str, client_of: SignIn) -> None:
    odd = {**SPLIT, **WHY, "parts-0-key": live_segment, "parts-4-rule": "spend >> 3", "parts-4-name": ""}
    answer = client_of(cast.owner).post(address("split", key=live_segment), odd)
    assert answer.status_code == 422
    assert set(errors_of(answer)) == {"parts-0-key", "parts-4-rule", "parts-4-name"}
    assert "spend &gt;&gt; 3" in text_of(answer) and not drafts("split")


def test_merge__into_a_new_one_or_one_in_use__makes_a_draft(
    cast: SimpleNamespace, live_segment: str, client_of: SignIn
) -> None:
    created(cast, "couponers", name="Couponers", rule="coupons > 10")
    client, url = client_of(cast.owner), address("merge", key=live_segment)
    assert "What they become" in text_of(client.get(url))
    sources = {"sources-0-key": live_segment, "sources-1-key": "couponers"}
    new = {**sources, "into": "new", "key": "good", "name": "Good customers", "meaning": "They buy or use coupons."}
    assert "has everybody of the merged ones, and nobody else" in text_of(client.post(url, {**new, "ask": "look"}))
    assert client.post(url, {**new, **WHY}).status_code == 302
    into = {"sources-0-key": live_segment, "into": "existing", "target": "couponers"}
    assert client.post(url, {**into, **WHY}).status_code == 302
    assert [made.subject_key for made in drafts("merge")] == ["good", "couponers"]
    assert drafts("merge")[1].proposed["content"]["rule"] == "(coupons > 10) OR (spend >= 1000)"


def test_merge__refusals__stand_beside_every_field(cast: SimpleNamespace, live_segment: str, client_of: SignIn) -> None:
    odd = {"sources-0-key": live_segment, "sources-1-key": live_segment, "into": "new", "key": "Not a key", **WHY}
    answer = client_of(cast.owner).post(address("merge"), odd)
    assert answer.status_code == 422
    assert set(errors_of(answer)) == {"sources-1-key", "key", "name", "meaning"}
    assert "Not a key" in text_of(answer) and not drafts("merge")


def test_deprecate__with_and_without_a_successor__is_drafted_or_refused(
    cast: SimpleNamespace, live_segment: str, client_of: SignIn
) -> None:
    created(cast, "bigger", name="Bigger baskets", rule="spend >= 2000")
    client, url = client_of(cast.owner), address("deprecate", key=live_segment)
    refused = client.post(url, {**WHY, "successor": ""})
    assert (refused.status_code, set(errors_of(refused))) == (422, {"successor"})
    assert client.post(url, {**WHY, "successor": "bigger"}).status_code == 302
    assert drafts("deprecate")[0].proposed == {"successor": "bigger"}
    assert client.post(address("retire", key=live_segment), {**WHY, "successor": "bigger"}).status_code == 302
    assert drafts("retire")[0].proposed == {"successor": "bigger"}


def north_and_south(cast: SimpleNamespace) -> None:
    created(cast, "north", name="North", tier="segment", rule="region = 'north' OR region = 'west'")
    created(cast, "south", name="South", tier="segment", rule="region = 'south'")


def test_reorganise__table_and_rows__show_the_tree_then_make_a_draft(
    cast: SimpleNamespace, live_segment: str, client_of: SignIn
) -> None:
    north_and_south(cast)
    client, url = client_of(cast.owner), address("reorganise")
    typed = {"table": "segment\tparent\tname\nnorth\tbig-baskets\tBig in the north\n", "rows-0-segment": "south"}
    typed["rows-0-name"] = "Deep south"
    shown = client.post(url, {**typed, "ask": "look"})
    tree = shown.context["preview"].tree
    below = next(node for node in tree if node.row.key == live_segment)
    assert [(node.name, node.was) for node in below.children] == [
        ("Big in the north", "was called “North”, was a root")
    ]
    assert "Deep south" in text_of(shown) and "Look at who moves" in text_of(shown) and not drafts("reorganise")
    assert client.post(url, {**typed, **WHY}).status_code == 302
    made = drafts("reorganise")[0]
    assert [row["segment"] for row in made.proposed["rows"]] == ["north", "south"]
    assert text_of(client.get(reverse("reviews:request-edit", args=[made.pk]))).count("selected") >= 4


def test_reorganise__faults__are_told_by_line_and_kept(
    cast: SimpleNamespace, live_segment: str, client_of: SignIn
) -> None:
    north_and_south(cast)
    table = "nobody;;Name\nnorth;nowhere\nsouth;;;emperor\nbig-baskets\n\nnorth;-;Once more\nsouth;a;b;c;d"
    answer = client_of(cast.owner).post(address("reorganise"), {"table": table, "ask": "look"})
    assert answer.status_code == 422 and "south;;;emperor" in text_of(answer)
    told = errors_of(answer)["table"]
    assert [fault.split(":")[0] for fault in told] == [f"Line {number}" for number in (7, 1, 2, 3, 4, 6, 7)]
    assert "no tier" in told[3] and "named twice" in told[5]


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ("south,north,,persona\nnorth,south", "Line 1: south would stand below itself."),
        ("south,north", "Line 1: south would be a segment below north, a segment. Give south a deeper tier as well."),
    ],
)
def test_reorganise__a_tree_that_cannot_be__is_refused_at_the_line(
    cast: SimpleNamespace, live_segment: str, client_of: SignIn, table: str, fault: str
) -> None:
    north_and_south(cast)
    answer = client_of(cast.owner).post(address("reorganise"), {"table": table, **WHY})
    assert errors_of(answer)["table"][0] == fault and not drafts("reorganise")


def test_swap__values_filled_in_and_mapped__show_the_rules_then_make_a_draft(
    cast: SimpleNamespace, live_segment: str, client_of: SignIn
) -> None:
    area = {"label": "Sales area", "type": "enum", "dimension": "demographic", "choices": ["N", "S", "W"]}
    define_attribute(actor=SYSTEM, key="area", content=area)
    north_and_south(cast)
    client, url = client_of(cast.owner), address("swap", attribute="region")
    rows = {"values-0-old": "north", "values-0-new": "N", "values-1-old": "west", "values-1-new": "W"}
    swap = {"attribute": "region", "replacement": "area", **rows}
    assert 'value="south"' in text_of(client.get(url))
    assert 'value="south"' in text_of(client.post(url, {**swap, "ask": "fill"}))
    swap |= {"values-2-old": "south", "values-2-new": "S"}
    shown = text_of(client.post(url, {**swap, "ask": "look"}))
    assert "area = &#x27;N&#x27;" in shown and "Grocery board" in shown
    assert client.post(url, {**swap, **WHY}).status_code == 302
    made = drafts("swap")[0]
    assert made.proposed["values"] == {"north": "N", "west": "W", "south": "S"}
    edit = text_of(client.get(reverse("reviews:request-edit", args=[made.pk])))
    assert 'value="region" selected' in edit and 'value="area" selected' in edit and 'value="W"' in edit


def test_swap__refusals__stand_beside_every_field(cast: SimpleNamespace, live_segment: str, client_of: SignIn) -> None:
    north_and_south(cast)
    odd = {"attribute": "region", "replacement": "coupons", "values-0-old": "east", "values-0-new": "many", **WHY}
    answer = client_of(cast.owner).post(address("swap"), odd)
    assert answer.status_code == 422
    assert set(errors_of(answer)) == {"replacement", "values-0-old", "values-0-new"}
    assert 'value="many"' in text_of(answer) and not drafts("swap")


@pytest.mark.parametrize("kind", ["split", "merge", "deprecate", "reorganise", "swap"])
def test_who_decides__of_any_operation__answers(
    cast: SimpleNamespace, live_segment: str, client_of: SignIn, kind: str
) -> None:
    asked = {"type": "segment", "kind": kind, "key": live_segment}
    answer = client_of(cast.owner).get(reverse("reviews:who-decides"), asked)
    assert answer.status_code == 200 and "Grocery board" in text_of(answer)
