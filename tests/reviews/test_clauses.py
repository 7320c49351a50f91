"""Clauses by their paths, followed from one wording of a rule to another, with what was said about them."""

from types import SimpleNamespace
from typing import Any

import pytest

from common.errors import Invalid
from reviews.models import ChangeRequest
from reviews.selectors.clause_paths import clause_at, clause_tree, followed
from reviews.selectors.clauses import ClauseBoard
from reviews.services.comments import add_comment
from reviews.services.requests import edit_request
from taxonomy.rules import AttributeFacts, Rule, parse, to_text

CATALOGUE = {
    "spend": AttributeFacts(type="number", label="Yearly spend"),
    "region": AttributeFacts(type="text", label="Region"),
    "coupons": AttributeFacts(type="number", label="Coupons redeemed"),
}
GROUPED = "spend >= 1000 AND (region = 'north' OR coupons > 3)"


def rule(text: str) -> Rule:
    return parse(text, CATALOGUE)


def way(old: str, new: str) -> dict[str, tuple[str, bool]]:
    return {path: (found.path, found.is_same) for path, found in followed(rule(old), rule(new)).items()}


def test_clause_tree__nested_rule__has_a_path_for_each_part() -> None:
    lines = list(clause_tree(rule(GROUPED), CATALOGUE).walk())
    assert [(line.path, line.depth) for line in lines] == [("", 0), ("0", 1), ("1", 1), ("1.0", 2), ("1.1", 2)]
    assert [line.joiner for line in lines] == ["All of these", "", "Any of these", "", ""]
    for line in lines:
        assert clause_at(rule(GROUPED), line.path) is not None
    part = clause_at(rule(GROUPED), "1.1")
    assert part is not None and to_text(part) == "coupons > 3"


@pytest.mark.parametrize("path", ["2", "1.2", "0.0", "x", "-1", "1.", "²", "99999999999"])
def test_clause_at__no_such_path__is_nothing(path: str) -> None:
    assert clause_at(rule(GROUPED), path) is None


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (GROUPED, {"0": ("0", True), "1": ("1", True), "1.0": ("1.0", True), "1.1": ("1.1", True)}),
        # Order alone: the same clauses elsewhere.
        (
            "(coupons > 3 OR region = 'north') AND spend >= 1000",
            {"0": ("1", True), "1": ("0", True), "1.0": ("0.1", True), "1.1": ("0.0", True)},
        ),
        # A boundary moved: the clause says something else and is still that clause.
        ("spend >= 2000 AND (region = 'north' OR coupons > 3)", {"0": ("0", False), "1": ("1", True)}),
        # A clause went: what was said about it has no place.
        ("spend >= 1000 AND region = 'north'", {"0": ("0", True), "1": None, "1.0": ("1", True), "1.1": None}),
        # Everything went.
        ("TRUE", {"0": None, "1": None, "1.0": None, "1.1": None}),
        # Grouped otherwise: the clauses stand, the group that holds one of them goes on.
        (
            "coupons > 3 AND (region = 'north' OR spend >= 1000)",
            {"0": ("1.1", True), "1": ("1", False), "1.0": ("1.0", True), "1.1": ("0", True)},
        ),
    ],
)
def test_followed__another_wording__each_clause_goes_to_its_own(new: str, expected: dict[str, Any]) -> None:
    found = way(GROUPED, new)
    assert {path: found.get(path) for path in expected} == expected
    places = [place for place, _ in found.values()]
    assert len([each for each in places if each]) == len({each for each in places if each}), "one clause, two origins"


def test_comment__on_a_clause__follows_it_and_stays_in_the_conversation_when_it_goes(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    first = {"proposed": {"rule": "spend >= 1000 AND coupons > 3"}}
    edit_request(actor=cast.owner, request_id=in_review.pk, changes=first)
    said = add_comment(actor=cast.sales_member, request_id=in_review.pk, body="Why three?", clause="1")
    assert (said.revision, said.clause) == (2, "1")

    def remark() -> Any:
        request = ChangeRequest.objects.get(pk=in_review.pk)
        return ClauseBoard(request).by_comment[said.pk]

    assert (remark().now.path, remark().words) == ("1", "coupons redeemed is more than 3")
    moved = {"proposed": {"rule": "coupons > 5 AND region = 'north' AND spend >= 1000"}}
    edit_request(actor=cast.owner, request_id=in_review.pk, changes=moved)
    assert (remark().now.path, remark().now.is_same) == ("0", False)
    board = ClauseBoard(ChangeRequest.objects.get(pk=in_review.pk))
    assert [[each.comment.pk for each in line.remarks] for line in board.lines] == [[], [said.pk], [], []]

    edit_request(actor=cast.owner, request_id=in_review.pk, changes={"proposed": {"rule": "spend >= 1000"}})
    assert remark().now is None and remark().words == "coupons redeemed is more than 3"


@pytest.mark.parametrize("clause", ["7", "0.0", "nonsense"])
def test_comment__on_a_clause_that_is_not_there__is_refused(
    cast: SimpleNamespace, in_review: ChangeRequest, clause: str
) -> None:
    with pytest.raises(Invalid, match="no such clause"):
        add_comment(actor=cast.sales_member, request_id=in_review.pk, body="Why?", clause=clause)
