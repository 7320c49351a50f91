"""Operations on several segments at once, from the request to the crosswalk."""

from types import SimpleNamespace
from typing import Any

import pytest

from common.actors import SYSTEM
from common.errors import Conflict, Invalid
from customers.services.attributes import define_attribute
from reviews.models import ChangeRequest
from reviews.selectors import competing_requests, detail_for
from reviews.services.applying import stale_competitors
from reviews.services.requests import create_request
from reviews.services.rollbacks import prepare_rollback
from taxonomy import selectors as taxonomy
from taxonomy.models import Correspondence, Segment, SegmentVersion
from tests.reviews.conftest import proposed_change, proposed_creation, submitted, vote

pytestmark = pytest.mark.django_db

PARTS = [
    {"key": "very-big", "name": "Very big baskets", "rule": "spend >= 5000"},
    {"key": "rather-big", "name": "Rather big baskets", "rule": "spend >= 1000 AND spend < 5000"},
]


def proposed(actor: Any, kind: str, key: str, content: dict[str, Any]) -> ChangeRequest:
    return create_request(
        actor=actor,
        kind=kind,
        subject_type="segment",
        subject_key=key,
        proposed=content,
        rationale="The market has changed.",
        expected="Fewer, clearer segments.",
    )


def carried_out(cast: SimpleNamespace, request: ChangeRequest) -> ChangeRequest:
    """The request, approved and in effect."""
    found = submitted(cast.owner, request)
    vote(cast.marketing_member, found)
    vote(cast.sales_member, found)
    return ChangeRequest.objects.get(pk=found.pk)


def created(cast: SimpleNamespace, key: str, **changes: Any) -> None:
    carried_out(cast, proposed_creation(cast.owner, key, **changes))


def check(request: ChangeRequest, name: str) -> dict[str, str]:
    return next(each for each in request.revisions.latest("number").checks if each["name"] == name)


def rule_of(key: str) -> str:
    live = taxonomy.live_content(key)
    assert live is not None
    return str(live.content["rule"])


def lines() -> list[tuple[str, str | None, str | None, bool]]:
    rows = Correspondence.objects.select_related("old", "new")
    return [(row.operation, row.old and row.old.key, row.new and row.new.key, row.is_whole) for row in rows]


def test_split__exact__retires_the_old_one_and_draws_the_lines(cast: SimpleNamespace, live_segment: str) -> None:
    request = proposed(cast.owner, "split", live_segment, {"parts": PARTS})
    assert check(request, "Nobody is lost and nobody is added")["status"] == "pass"
    assert not Segment.objects.filter(key="very-big").exists(), "a rehearsal leaves nothing behind"
    done = carried_out(cast, request)
    assert done.state == "applied"
    assert Segment.objects.get(key=live_segment).status == "retired"
    assert rule_of("very-big") == "spend >= 5000"
    assert sorted(lines()) == [
        ("split", live_segment, "rather-big", False),
        ("split", live_segment, "very-big", False),
    ]


def test_split__that_loses_somebody__says_so(cast: SimpleNamespace, live_segment: str) -> None:
    parts = [PARTS[0], {**PARTS[1], "rule": "spend >= 1000 AND spend < 4000"}]
    request = proposed(cast.owner, "split", live_segment, {"parts": parts})
    found = check(request, "Nobody is lost and nobody is added")
    assert found["status"] == "warn" and "in none of the parts" in found["reason"]


def test_split__rules_that_refer_to_it__ask_for_the_parts(cast: SimpleNamespace, live_segment: str) -> None:
    created(cast, "north", name="North", rule="IN_SEGMENT('big-baskets') AND region = 'north'")
    done = carried_out(cast, proposed(cast.owner, "split", live_segment, {"parts": PARTS}))
    assert done.state == "applied"
    assert "IN_SEGMENT('very-big')" in rule_of("north") and "IN_SEGMENT('rather-big')" in rule_of("north")


def test_split__with_a_rule_that_cannot_be_repointed__is_refused(cast: SimpleNamespace, live_segment: str) -> None:
    created(cast, "north", name="North", rule="IN_SEGMENT('big-baskets') AND region = 'north'")
    request = proposed(cast.owner, "split", live_segment, {"parts": [PARTS[0], {**PARTS[1], "rule": "spend = 1000"}]})
    with pytest.raises(Conflict, match="north"):
        submitted(cast.owner, request)


def test_split__with_a_segment_below__is_refused_with_the_list(cast: SimpleNamespace, live_segment: str) -> None:
    created(cast, "north", name="North", parent=live_segment, tier="segment", rule="region = 'north'")
    with pytest.raises(Conflict, match="north"):
        proposed(cast.owner, "split", live_segment, {"parts": PARTS})


@pytest.mark.parametrize(
    "parts",
    [
        [PARTS[0]],
        [PARTS[0], PARTS[0]],
        [PARTS[0], {**PARTS[1], "key": "big-baskets"}],
        [PARTS[0], {**PARTS[1], "colour": "red"}],
        "all of it",
    ],
)
def test_split__odd_parts__are_refused(cast: SimpleNamespace, live_segment: str, parts: Any) -> None:
    with pytest.raises(Invalid):
        proposed(cast.owner, "split", live_segment, {"parts": parts})


def test_merge__into_a_new_one__is_exact_and_keys_stay_taken(cast: SimpleNamespace, live_segment: str) -> None:
    created(cast, "couponers", name="Couponers", rule="coupons > 10")
    content = {"name": "Good customers", "meaning": "Households that buy a lot or use coupons."}
    request = proposed(cast.owner, "merge", "good", {"sources": [live_segment, "couponers"], "content": content})
    assert check(request, "Nobody is lost and nobody is added")["status"] == "pass"
    assert carried_out(cast, request).state == "applied"
    assert rule_of("good") == "spend >= 1000 OR coupons > 10"
    assert {row.successor.key for row in Segment.objects.filter(status="retired")} == {"good"}
    assert lines() == [("merge", live_segment, "good", True), ("merge", "couponers", "good", True)]
    with pytest.raises(Exception, match="never used twice"):
        proposed_creation(cast.owner, "couponers", name="Couponers again")


def test_merge__source_changed_meanwhile__turns_stale(cast: SimpleNamespace, live_segment: str) -> None:
    created(cast, "couponers", name="Couponers", rule="coupons > 10")
    content = {"name": "Good customers", "meaning": "Households that buy a lot or use coupons."}
    merge = submitted(
        cast.owner,
        proposed(cast.owner, "merge", "good", {"sources": [live_segment, "couponers"], "content": content}),
    )
    carried_out(cast, proposed_change(cast.owner, "couponers", meaning="Households that live on coupons."))
    stale_competitors(subject_type="segment", subject_key="couponers")
    found = ChangeRequest.objects.get(pk=merge.pk)
    assert found.state == "stale" and "couponers" in found.state_reason


def test_merge__and_its_way_back__bring_the_parts_under_new_keys(cast: SimpleNamespace, live_segment: str) -> None:
    created(cast, "couponers", name="Couponers", rule="coupons > 10")
    content = {"name": "Good customers", "meaning": "Households that buy a lot or use coupons."}
    done = carried_out(
        cast, proposed(cast.owner, "merge", "good", {"sources": [live_segment, "couponers"], "content": content})
    )
    back = prepare_rollback(actor=cast.owner, request_id=done.pk)
    assert carried_out(cast, back).state == "applied"
    assert rule_of("couponers-again") == "coupons > 10"
    assert Segment.objects.get(key="good").status == "retired"


def test_operation__that_fails_midway__leaves_nothing(cast: SimpleNamespace, live_segment: str) -> None:
    request = submitted(cast.owner, proposed(cast.owner, "split", live_segment, {"parts": PARTS}))
    created(cast, "rather-big", name="Somebody else was faster", rule="region = 'west'")
    vote(cast.marketing_member, request)
    vote(cast.sales_member, request)
    assert ChangeRequest.objects.get(pk=request.pk).state == "stale"
    assert not Segment.objects.filter(key="very-big").exists()
    assert Segment.objects.get(key=live_segment).status == "active" and not lines()


def test_deprecate__stays_in_force_and_nothing_new_rests_on_it(cast: SimpleNamespace, live_segment: str) -> None:
    created(cast, "bigger", name="Bigger baskets", rule="spend >= 2000")
    created(cast, "north", name="North", rule="IN_SEGMENT('big-baskets') AND region = 'north'")
    done = carried_out(cast, proposed(cast.owner, "deprecate", live_segment, {"successor": "bigger"}))
    assert done.state == "applied"
    segment = Segment.objects.select_related("successor").get(key=live_segment)
    assert (segment.status, segment.successor and segment.successor.key) == ("deprecated", "bigger")
    assert rule_of(live_segment) == "spend >= 1000"
    with pytest.raises(Invalid, match="deprecated"):
        proposed_creation(cast.owner, "south", name="South", rule="IN_SEGMENT('big-baskets') AND region = 'south'")
    carried_out(cast, proposed_change(cast.owner, "north", meaning="What stood on it may go on."))
    back = prepare_rollback(actor=cast.owner, request_id=done.pk)
    assert carried_out(cast, back).state == "applied"
    assert Segment.objects.get(key=live_segment).status == "active"


def test_reorganise__many_at_once__moves_and_renames(cast: SimpleNamespace, live_segment: str) -> None:
    created(cast, "north", name="North", tier="segment", rule="region = 'north'")
    created(cast, "south", name="South", tier="segment", rule="region = 'south'")
    rows = [
        {"segment": "north", "parent": live_segment, "name": "Big in the north"},
        {"segment": "south", "name": "Deep south"},
    ]
    request = proposed(cast.owner, "reorganise", live_segment, {"rows": rows})
    found = check(request, "Nobody is lost and nobody is added")
    assert found["status"] == "warn" and "north" in found["reason"]
    done = carried_out(cast, request)
    assert done.state == "applied"
    names = set(SegmentVersion.objects.filter(state="active").values_list("name", flat=True))
    assert {"Big in the north", "Deep south"} <= names
    assert [line[:3] for line in lines()] == [("move", "north", "north"), ("rename", "south", "south")]
    assert carried_out(cast, prepare_rollback(actor=cast.owner, request_id=done.pk)).state == "applied"
    assert SegmentVersion.objects.get(segment__key="north", state="active").name == "North"


def test_swap__reads_the_other_attribute_in_every_rule(cast: SimpleNamespace, live_segment: str) -> None:
    area = {"label": "Sales area", "type": "enum", "dimension": "demographic", "choices": ["N", "S", "W"]}
    define_attribute(actor=SYSTEM, key="area", content=area)
    created(cast, "north", name="North", rule="region = 'north' OR region = 'west'")
    created(cast, "not-south", name="Not south", rule="region IN ('north', 'west') AND spend > 10")
    swap = {"attribute": "region", "replacement": "area", "values": {"north": "N", "west": "W", "south": "S"}}
    done = carried_out(cast, proposed(cast.owner, "swap", "north", swap))
    assert done.state == "applied"
    assert rule_of("north") == "area = 'N' OR area = 'W'"
    assert "area IN ('N', 'W')" in rule_of("not-south")
    assert carried_out(cast, prepare_rollback(actor=cast.owner, request_id=done.pk)).state == "applied"
    assert "region IN ('north', 'west')" in rule_of("not-south")


def test_competing__one_would_end_what_another_rests_on__both_are_warned(
    cast: SimpleNamespace, live_segment: str
) -> None:
    created(cast, "bigger", name="Bigger baskets", rule="spend >= 2000")
    below = submitted(
        cast.owner,
        proposed_creation(cast.owner, "north", name="North", rule="IN_SEGMENT('big-baskets') AND region = 'north'"),
    )
    ends = submitted(cast.owner, proposed(cast.owner, "deprecate", live_segment, {"successor": "bigger"}))
    assert [each.pk for each in competing_requests(ends)] == [below.pk]
    assert [each.pk for each in competing_requests(below)] == [ends.pk]
    warned = detail_for(viewer=cast.owner, request_id=below.pk).warnings
    assert len(warned) == 1 and "would end what this is about or rests on" in warned[0]


def test_rename__draws_an_identity(cast: SimpleNamespace, live_segment: str) -> None:
    carried_out(cast, proposed(cast.owner, "rename", live_segment, {"name": "Huge baskets"}))
    assert lines() == [("rename", live_segment, live_segment, True)]


def test_retire__with_a_successor__says_whether_everybody_goes_on(cast: SimpleNamespace, live_segment: str) -> None:
    created(cast, "buyers", name="Buyers", rule="spend >= 10")
    carried_out(cast, proposed(cast.owner, "retire", live_segment, {"successor": "buyers"}))
    assert lines() == [("retire", live_segment, "buyers", True)]
