"""Reports of misclassifications: who makes them, who judges them, what is counted, what is never repeated."""

from types import SimpleNamespace
from typing import Any

import pytest

from common.errors import Invalid, NotAllowed
from customers.services.erasure import erase_customer
from customers.services.profiles import merge_customer
from insights import selectors
from insights.choices import ReportState
from insights.errors import IllegalMove, NoSuchReport, ReportedAlready
from insights.measures import per_thousand
from insights.models import MisclassificationReport
from insights.services import assign_report, judge_report, report_misclassification
from insights.states import MOVES, UNSETTLED, after, moves_from
from insights.tasks import on_customer_erased
from ledger.models import Entry
from memberships.services.execution import execute_run
from memberships.services.runs import request_run

WHY = "They closed the shop in May, Mrs Miller told me."


@pytest.fixture
def market(grocer: SimpleNamespace) -> SimpleNamespace:
    """The grocer with computed members: hh-01 is an anchor household, hh-05 is not."""
    execute_run(request_run(actor=grocer.steward, trigger="person").pk)
    return grocer


def reported(market: SimpleNamespace, **changes: Any) -> MisclassificationReport:
    given = {"external_id": "hh-01", "segment_key": "anchors", "claim": "out", "why": WHY}
    return report_misclassification(actor=changes.pop("actor", market.rep), **{**given, **changes})


def test_moves__of_the_table__reach_every_state_and_no_other() -> None:
    assert set(MOVES.values()) == set(ReportState.values)
    assert {state for state, _ in MOVES} == set(ReportState.values)
    for state in ReportState.values:
        for move in ("accept", "refuse", "fix", "reopen"):
            assert (after(state, move) is None) == (move not in moves_from(state))
    assert {"open", "accepted"} == UNSETTLED
    assert per_thousand(3, 1500) == 2.0
    assert per_thousand(3, 0) is None


@pytest.mark.django_db
def test_report__by_a_rep__waits_with_what_it_stood_on_and_names_nobody_in_the_ledger(market: SimpleNamespace) -> None:
    report = reported(market)
    assert (report.state, report.version_number) == ("open", 1)
    assert report.run_id is not None
    entry = Entry.objects.get(event="insights.misclassification.reported")
    assert entry.payload == {"report_id": report.pk, "segment_key": "anchors", "claim": "out"}
    assert "hh-01" not in str(entry.__dict__)
    assert "Miller" not in str(entry.__dict__)


@pytest.mark.django_db
def test_report__senseless_repeated_or_by_a_viewer__is_refused(market: SimpleNamespace) -> None:
    with pytest.raises(NotAllowed):
        reported(market, actor=market.viewer)
    with pytest.raises(Invalid, match="in this segment, as you say"):
        reported(market, claim="in")
    with pytest.raises(Invalid, match="not in this segment"):
        reported(market, external_id="hh-05")
    with pytest.raises(Invalid):
        reported(market, why="  ")
    reported(market)
    with pytest.raises(ReportedAlready):
        reported(market, actor=market.owner)
    assert Entry.objects.filter(event="insights.misclassification.reported").count() == 1


@pytest.mark.django_db
def test_judging__by_those_who_answer__moves_it_and_the_author_reads_the_answer(
    market: SimpleNamespace, client_of: Any
) -> None:
    report = reported(market)
    with pytest.raises(NotAllowed):
        judge_report(actor=market.rep, report_id=report.pk, move="accept")
    with pytest.raises(Invalid):
        judge_report(actor=market.steward, report_id=report.pk, move="refuse")
    with pytest.raises(IllegalMove):
        judge_report(actor=market.steward, report_id=report.pk, move="reopen")
    with pytest.raises(NoSuchReport):
        judge_report(actor=market.steward, report_id=report.pk + 1, move="fix")
    assign_report(actor=market.steward, report_id=report.pk, user_id=market.owner.pk)
    with pytest.raises(Invalid, match="cannot judge"):
        assign_report(actor=market.steward, report_id=report.pk, user_id=market.rep.pk)
    judge_report(actor=market.steward, report_id=report.pk, move="accept")
    judge_report(actor=market.steward, report_id=report.pk, move="refuse", answer="The orders are real.")
    facts = Entry.objects.filter(event="insights.misclassification.judged").order_by("pk")
    assert [fact.payload["state"] for fact in facts] == ["accepted", "refused"]
    assert Entry.objects.filter(event="insights.misclassification.assigned").count() == 1
    assert b"The orders are real." in client_of(market.rep).get(f"/misclassifications/{report.pk}/").content
    assert client_of(market.viewer).get(f"/misclassifications/{report.pk}/").status_code == 404
    assert reported(market).pk != report.pk, "a settled report does not stand in the way of a new one"


@pytest.mark.django_db
def test_rate__by_segment__counts_for_each_thousand_members(market: SimpleNamespace, api_of: Any) -> None:
    reported(market)
    settled = reported(market, external_id="hh-02")
    judge_report(actor=market.steward, report_id=settled.pk, move="fix")
    rate = selectors.rates()["anchors"]
    assert (rate.reported, rate.unsettled, rate.members) == (2, 1, 3)
    assert rate.per_thousand == pytest.approx(666.67, abs=0.01)
    rows = {row["key"]: row for row in api_of(market.viewer).get("/api/v1/insights/segments/").json()["results"]}
    assert rows["anchors"]["misclassifications_90d"] == 2
    assert (rows["occasional"]["misclassifications_90d"], rows["occasional"]["misclassifications_per_1000"]) == (
        0,
        None,
    )


@pytest.mark.django_db
def test_pages__from_customer_to_settled__lead_through(market: SimpleNamespace, client_of: Any) -> None:
    rep, steward = client_of(market.rep), client_of(market.steward)
    assert b"/misclassifications/new/?customer=hh-01" in rep.get("/customers/hh-01/").content
    region = rep.get("/memberships/customer/hh-01/").content
    assert b"segment=anchors&amp;claim=out" in region
    form = "/misclassifications/new/?customer=hh-01&segment=anchors&claim=out"
    assert b"checked" in rep.get(form).content
    assert rep.post(form, {"segment": "anchors", "claim": "out", "why": ""}).status_code == 422
    assert rep.post(form, {"segment": "anchors", "claim": "in", "why": WHY}).status_code == 422
    made = rep.post(form, {"segment": "anchors", "claim": "out", "why": WHY})
    report = MisclassificationReport.objects.get()
    assert made["Location"] == f"/misclassifications/{report.pk}/"
    queue = steward.get("/misclassifications/?segment=anchors").content
    assert b"Should not be in" in queue
    assert b"333.33" in queue
    page = steward.get(made["Location"]).content
    assert b"/customers/hh-01/why/anchors/" in page
    assert b"/requests/new/?type=segment&amp;kind=change&amp;key=anchors" in page
    assert b"Misclassifications to judge" in steward.get("/").content
    steward.post(f"{made['Location']}assign/", {"person": market.owner.pk})
    assert steward.post(f"{made['Location']}judge/", {"move": "refuse", "answer": ""}).status_code == 422
    assert steward.post(f"{made['Location']}judge/", {"move": "fix", "answer": "Mended."}).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.assigned_to) == ("fixed", market.owner)
    assert b"No such report" in steward.get("/misclassifications/").content


@pytest.mark.django_db
def test_api__from_report_to_judgement__answers_alike(market: SimpleNamespace, api_of: Any) -> None:
    rep, steward = api_of(market.rep), api_of(market.steward)
    given = {"customer": "hh-05", "segment": "anchors", "claim": "in", "why": WHY}
    made = rep.post("/api/v1/misclassifications/", given, content_type="application/json")
    assert made.status_code == 201, made.content
    assert (made.json()["customer"], made.json()["version"]) == ("hh-05", None)
    assert rep.post("/api/v1/misclassifications/", given, content_type="application/json").status_code == 409
    one = f"/api/v1/misclassifications/{made.json()['id']}/"
    assert rep.post(f"{one}judge/", {"move": "fix"}, content_type="application/json").status_code == 403
    assigned = steward.post(f"{one}assign/", {"username": "owner"}, content_type="application/json")
    assert assigned.json()["assigned_to"] == "owner"
    assert (
        steward.post(f"{one}judge/", {"move": "accept"}, content_type="application/json").json()["state"] == "accepted"
    )
    found = steward.get("/api/v1/misclassifications/?state=unsettled&segment=anchors").json()["results"]
    assert [row["id"] for row in found] == [made.json()["id"]]
    assert api_of(market.viewer).get("/api/v1/misclassifications/").status_code == 403


@pytest.mark.django_db
def test_customer__erased__takes_the_words_along_and_leaves_the_count(market: SimpleNamespace, client_of: Any) -> None:
    merge_customer(actor=market.steward, external_id="hh-02", attributes={"orders_90d": 15})
    gone, stays = reported(market), reported(market, external_id="hh-02")
    judge_report(actor=market.steward, report_id=gone.pk, move="accept", answer="Mrs Miller is right.")
    erase_customer(actor=market.steward, external_id="hh-01", reason="asked for")
    on_customer_erased(Entry.objects.get(event="customers.customer.erased").pk)
    gone.refresh_from_db()
    stays.refresh_from_db()
    assert "Miller" not in gone.why + gone.answer
    assert stays.why == WHY
    assert selectors.rates()["anchors"].reported == 2
    assert b"A customer who was erased" in client_of(market.steward).get(f"/misclassifications/{gone.pk}/").content
