"""The inbox fits the person, and the light path is approved together: each vote for itself."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.errors import Invalid
from reviews.models import ChangeRequest, Vote
from reviews.selectors.at_work import inbox_of, line_of
from reviews.services.bulk import approve_light
from reviews.services.claiming import claim_request
from reviews.services.requests import create_request, edit_request, submit_request

pytestmark = pytest.mark.django_db

LIGHT = {
    "quorum": 2,
    "required": {"marketing": 1, "sales": 1},
    "due_days": 5,
    "conditions": [{"name": "words alone", "when": {"metadata_only": True}, "then": {"quorum": 1, "light": True}}],
}


def propose(actor: Any, key: str, **content: Any) -> ChangeRequest:
    made = create_request(
        actor=actor,
        kind="change",
        subject_type="segment",
        subject_key=key,
        proposed=content,
        rationale="It is time.",
        expected="",
    )
    return submit_request(actor=actor, request_id=made.pk)


@pytest.fixture
def waiting(grocer: SimpleNamespace) -> SimpleNamespace:
    """Two changes of words and one of a rule before a board with a light path."""
    from reviews.services.boards import define_board

    define_board(
        actor=grocer.administrator,
        key="board",
        name="Segmentation board",
        policy=LIGHT,
        seats={"marketing": ["marketing_member"], "sales": ["sales_member"], "finance": ["finance_member"]},
    )
    grocer.words = propose(grocer.owner, "occasional", meaning="Those who come now and then.")
    grocer.name = propose(grocer.owner, "anchor-families", name="Families that anchor us")
    grocer.rule = propose(grocer.owner, "anchors", rule="orders_90d >= 9")
    return grocer


def test_inbox__of_a_member__says_what_changes_how_risky_and_how_due(waiting: SimpleNamespace) -> None:
    claim_request(actor=waiting.sales_member, request_id=waiting.rule.pk)
    found = inbox_of(waiting.marketing_member)
    rows = {row.request.pk: row for row in found.decide}
    assert rows.keys() == {waiting.words.pk, waiting.name.pk, waiting.rule.pk}
    assert rows[waiting.words.pk].is_light and rows[waiting.words.pk].risk.word == "no effect"
    assert not rows[waiting.rule.pk].is_light and rows[waiting.rule.pk].risk.level >= 2
    assert rows[waiting.rule.pk].due is not None and rows[waiting.rule.pk].due.words.startswith("due in 4 days")
    assert "Families that anchor us" in rows[waiting.name.pk].line
    assert [claim.person.username for claim in rows[waiting.rule.pk].claims] == ["sales_member"]
    assert [row.request.pk for row in inbox_of(waiting.marketing_member, only="risky").decide] == [waiting.rule.pk]
    assert inbox_of(waiting.marketing_member, sort="risk").decide[0].request.pk == waiting.rule.pk
    assert inbox_of(waiting.viewer).decide == []


def test_inbox__of_one_page__reads_the_rows_of_that_page(waiting: SimpleNamespace) -> None:
    found = inbox_of(waiting.marketing_member)
    assert found.numbers == [waiting.words.pk, waiting.name.pk, waiting.rule.pk] and found.decidable == 3
    assert [row.request.pk for row in found.rows(found.numbers[1:][::-1])] == [waiting.rule.pk, waiting.name.pk]
    assert waiting.words.pk not in found.known
    assert found.boards == [("board", waiting.rule.board.name)]


def test_list__sorted_by_size__shows_each_request_once(waiting: SimpleNamespace, client_of: Any) -> None:
    changes = {"proposed": {"meaning": "Those who come seldom."}}
    edit_request(actor=waiting.owner, request_id=waiting.words.pk, changes=changes)
    for sort in ("size", "-size", ""):
        page = client_of(waiting.marketing_member).get(f"/requests/?state=&sort={sort}").content.decode()
        shown = [int(number) for number in re.findall(r'<span class="num">#(\d+)</span>', page)]
        assert sorted(shown) == sorted([waiting.words.pk, waiting.name.pk, waiting.rule.pk])
        if sort == "-size":
            assert shown[0] == waiting.rule.pk
    assert page.count("Your vote") == 3


def test_light_path__chosen_together__takes_each_vote_for_itself(waiting: SimpleNamespace) -> None:
    picks = [
        (waiting.words.pk, waiting.words.digest),
        (waiting.name.pk, "0" * 64),
        (waiting.rule.pk, waiting.rule.digest),
    ]
    results = approve_light(actor=waiting.marketing_member, picks=picks)
    assert [each.is_taken for each in results] == [True, False, False]
    assert "light path" in results[2].words
    states = {request.pk: request.state for request in ChangeRequest.objects.all()}
    assert states[waiting.words.pk] == "applied" and states[waiting.rule.pk] == "in_review"
    assert Vote.objects.count() == 1
    with pytest.raises(Invalid):
        approve_light(actor=waiting.marketing_member, picks=[])
    assert not any(each.is_taken for each in approve_light(actor=waiting.owner, picks=picks))


def test_inbox__by_its_pages__confirms_and_reports(waiting: SimpleNamespace, client_of: Any) -> None:
    browser = client_of(waiting.marketing_member)
    page = browser.get("/requests/inbox/").content.decode()
    assert f'value="{waiting.words.pk}:{waiting.words.digest}"' in page
    assert f'value="{waiting.rule.pk}:' not in page
    for query in ("?only=overdue", "?only=light&sort=size", "?board=board", "?type=segment&sort=age", "?sort=odd"):
        assert browser.get(f"/requests/inbox/{query}").status_code == 200
    picks = [f"{each.pk}:{each.digest}" for each in (waiting.words, waiting.name, waiting.rule)]
    confirm = browser.post("/requests/light/", {"pick": picks}).content.decode()
    assert "Approve 2 of the light path" in confirm and "left out" in confirm
    assert Vote.objects.count() == 0
    done = browser.post("/requests/light/decide/", {"pick": picks[:2]}).content.decode()
    assert done.count("Your approval was taken") == 2
    assert browser.post("/requests/light/", {"pick": ["x"]}).status_code == 400


def test_claims__on_the_page__are_seen_and_released(waiting: SimpleNamespace, client_of: Any) -> None:
    browser, one = client_of(waiting.sales_member), f"/requests/{waiting.rule.pk}/"
    browser.post(f"{one}claim/")
    page = client_of(waiting.marketing_member).get(one).content.decode()
    assert "Sal Sands" in page and "is looking at this" in page and "Due in 4 days" in page
    browser.post(f"{one}release/")
    assert "is looking at this" not in client_of(waiting.marketing_member).get(one).content.decode()


def test_inbox__of_more_requests__asks_no_more_often(waiting: SimpleNamespace) -> None:
    # Once before: what is remembered of the catalogue between two questions is asked for only the first time.
    inbox_of(waiting.marketing_member)
    with CaptureQueriesContext(connection) as few:
        inbox_of(waiting.marketing_member)
    propose(waiting.owner, "households", meaning="Everybody.")
    with CaptureQueriesContext(connection) as many:
        inbox_of(waiting.marketing_member)
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("spend in a year is at least 500", "spend in a year is at least 600", "… in a year is at least 500 → 600"),
        ("calls on Monday", "calls on Monday and Friday", "calls on Monday + and Friday"),
        ("calls on Monday and Friday", "calls on Monday", "calls on Monday − and Friday"),
        ("one", "two", "one → two"),
        ("", "two", "two"),
        ("one", "", "no longer one"),
        ("a a", "a", "a − a"),
    ],
)
def test_line__of_two_wordings__begins_shortly_before_the_first_difference(old: str, new: str, line: str) -> None:
    assert line_of([{"label": "Rule", "old": old, "new": new}]) == f"Rule: {line}"
