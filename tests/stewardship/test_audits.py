"""Audits: scope, sample, answers, findings, two signatures, a report that stands."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from common.clock import now
from common.digests import digest_of
from common.errors import Invalid, NotAllowed
from notifications.models import Notification
from stewardship import services
from stewardship.errors import ClosedAudit, FourEyes, InvalidUpkeep, NotReady
from stewardship.models import AuditItem, Campaign, Escalation, Finding
from stewardship.selectors.audits import campaign_for, progress_of

pytestmark = pytest.mark.django_db
YES = [{"ok": True}, {"ok": True}]


def soon(days: int = 30) -> date:
    return now().date() + timedelta(days=days)


def begin(people: SimpleNamespace, **given: Any) -> Campaign:
    options: dict[str, Any] = {
        "actor": people.auditor,
        "name": "Autumn audit",
        "owner": "steward",
        "auditor": "auditor",
        "due_on": soon(),
        "checklist": ["Is the meaning still true?", "Is the data fresh?"],
        **given,
    }
    return services.open_campaign(**options)


def answer_all(people: SimpleNamespace, campaign: Campaign) -> None:
    for item in campaign.items.all():
        services.answer_item(actor=people.steward, item_id=item.pk, answers=YES)


def test_open__a_branch__has_an_item_for_each_thing_in_the_hands_of_who_answers_for_it(
    grocer: SimpleNamespace,
) -> None:
    made = begin(grocer, branch="anchors")
    assert list(made.items.values_list("key", flat=True)) == ["anchor-families", "anchors"]
    assert set(made.items.values_list("assignee__username", flat=True)) <= {"owner", "steward"}
    told = Notification.objects.filter(key=f"audit:{made.pk}:opened")
    assert {"steward", "auditor"} <= set(told.values_list("person__username", flat=True))


def test_open__a_sample__holds_so_many_and_the_same_ones_on_one_day(grocer: SimpleNamespace) -> None:
    first, second = begin(grocer, sample=2), begin(grocer, sample=2)
    keys = [list(each.items.values_list("key", flat=True)) for each in (first, second)]
    assert len(keys[0]) == 2
    assert keys[0] == keys[1]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"auditor": "steward"}, FourEyes),
        ({"checklist": [" "]}, InvalidUpkeep),
        ({"types": ["moon"]}, InvalidUpkeep),
        ({"branch": "nothing"}, InvalidUpkeep),
        ({"due_on": date(2020, 1, 1)}, InvalidUpkeep),
    ],
)
def test_open__what_does_not_hold_together__is_refused(
    grocer: SimpleNamespace, given: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        begin(grocer, **given)
    assert not Campaign.objects.exists()


def test_open__each_role__only_those_who_keep_order(grocer: SimpleNamespace) -> None:
    for name in ("owner", "rep", "viewer", "sales_member", "learner"):
        with pytest.raises(NotAllowed):
            begin(grocer, actor=getattr(grocer, name))


def test_answer__a_no_without_a_note_or_a_question_left_out__is_refused(grocer: SimpleNamespace) -> None:
    item = begin(grocer, branch="occasional").items.get()
    with pytest.raises(Invalid):
        services.answer_item(actor=grocer.steward, item_id=item.pk, answers=[{"ok": True}, {"ok": False}])
    with pytest.raises(InvalidUpkeep):
        services.answer_item(actor=grocer.steward, item_id=item.pk, answers=[{"ok": True}])
    with pytest.raises(NotAllowed):
        services.answer_item(actor=grocer.viewer, item_id=item.pk, answers=YES)
    done = services.answer_item(
        actor=grocer.steward, item_id=item.pk, answers=[{"ok": True}, {"ok": False, "note": "Two weeks old."}]
    )
    assert done.answers[1] == {"question": "Is the data fresh?", "ok": False, "note": "Two weeks old."}


def test_finding__raised_and_settled__its_owner_hears_and_overdue_is_escalated_once(grocer: SimpleNamespace) -> None:
    item = begin(grocer, branch="occasional").items.get()
    found = services.raise_finding(
        actor=grocer.steward, item_id=item.pk, text="Too wide.", severity="major", owner="owner", due_on=soon(5)
    )
    assert Notification.objects.filter(person=grocer.owner, key=f"finding:{found.pk}:raised").exists()
    assert services.escalate_findings() == 0
    Finding.objects.filter(pk=found.pk).update(due_on=soon(-1))
    assert (services.escalate_findings(), services.escalate_findings()) == (1, 0)
    assert Escalation.objects.count() == 1
    with pytest.raises(Invalid):
        services.settle_finding(actor=grocer.owner, finding_id=found.pk, state="mended", answer="")
    settled = services.settle_finding(
        actor=grocer.owner, finding_id=found.pk, state="accepted", answer="It is meant so."
    )
    assert settled.state == "accepted"
    with pytest.raises(NotReady):
        services.settle_finding(actor=grocer.owner, finding_id=found.pk, state="mended", answer="No.")
    assert services.escalate_findings() == 0


def test_sign__both_after_every_answer__closes_with_a_report_that_nothing_changes(grocer: SimpleNamespace) -> None:
    campaign = begin(grocer, branch="anchors")
    with pytest.raises(NotReady):
        services.sign_campaign(actor=grocer.steward, campaign_id=campaign.pk)
    answer_all(grocer, campaign)
    item = campaign.items.first()
    assert item is not None
    found = services.raise_finding(
        actor=grocer.auditor, item_id=item.pk, text="Too wide.", severity="minor", owner="owner", due_on=soon()
    )
    with pytest.raises(NotAllowed):
        services.sign_campaign(actor=grocer.administrator, campaign_id=campaign.pk)
    assert services.sign_campaign(actor=grocer.steward, campaign_id=campaign.pk).state == "open"
    with pytest.raises(NotReady):
        services.sign_campaign(actor=grocer.steward, campaign_id=campaign.pk)
    with pytest.raises(ClosedAudit):
        services.answer_item(actor=grocer.steward, item_id=item.pk, answers=YES)
    closed = services.sign_campaign(actor=grocer.auditor, campaign_id=campaign.pk)
    assert closed.state == "closed"
    assert closed.digest == digest_of(closed.report)
    assert [each["findings"][0]["text"] for each in closed.report["items"] if each["findings"]] == ["Too wide."]
    for change in (
        lambda: Campaign.objects.update(digest="0" * 64),
        lambda: Campaign.objects.filter(pk=campaign.pk).delete(),
        lambda: AuditItem.objects.update(answers=[]),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    # What was found is still to be mended.
    services.settle_finding(actor=grocer.owner, finding_id=found.pk, state="mended", answer="Done.")
    whole = campaign_for(viewer=grocer.viewer, campaign_id=campaign.pk)
    assert (progress_of(whole).percent, progress_of(whole).open_findings) == (100, 0)
    assert whole.report == closed.report


def test_pages_and_api__an_audit__from_opening_to_the_table(
    grocer: SimpleNamespace, client_of: Any, api_of: Any
) -> None:
    keeper, auditor = client_of(grocer.steward), client_of(grocer.auditor)
    opened = {
        "name": "=Autumn", "types": ["segment"], "branch": "occasional", "sample": "0",
        "checklist": "True?\nFresh?", "owner": "steward", "auditor": "auditor", "due_on": soon().isoformat(),
    }  # fmt: skip
    assert auditor.post("/stewardship/audits/new/", {**opened, "auditor": "steward"}).status_code == 422
    assert auditor.post("/stewardship/audits/new/", opened).status_code == 302
    item = AuditItem.objects.get()
    page, item_page = f"/stewardship/audits/{item.campaign_id}/", f"/stewardship/audit-items/{item.pk}/"
    assert keeper.post(item_page, {"ok_0": "yes", "ok_1": "no"}).status_code == 422
    assert keeper.post(item_page, {"ok_0": "yes", "ok_1": "no", "note_1": "=old"}).status_code == 302
    finding = {"text": "Old", "severity": "minor", "owner": "owner", "due_on": soon().isoformat()}
    assert keeper.post(f"{item_page}findings/", {**finding, "text": ""}).status_code == 422
    assert keeper.post(f"{item_page}findings/", finding).status_code == 302
    made = Finding.objects.get()
    settled = {"state": "mended", "answer": "Done.", "request_id": ""}
    wrong = {"state": "mended", "answer": "Nearly all of it.", "request_id": "none"}
    refused = client_of(grocer.owner).post(f"/stewardship/findings/{made.pk}/settle/", wrong)
    assert (refused.status_code, refused.content.decode().count("Nearly all of it.")) == (422, 1)
    assert refused.content.decode().count("data-error-summary") == 1
    assert client_of(grocer.viewer).post(f"/stewardship/findings/{made.pk}/settle/", settled).status_code == 403
    assert client_of(grocer.owner).post(f"/stewardship/findings/{made.pk}/settle/", settled).status_code == 302
    assert keeper.post(f"{page}sign/").status_code == 302
    signed = api_of(grocer.auditor).post(f"/api/v1{page}sign/")
    assert (signed.status_code, signed.json()["state"]) == (200, "closed")
    table = client_of(grocer.viewer).get(f"{page}csv/").content.decode()
    assert "'=old" in table
    assert "Done." in client_of(grocer.viewer).get(page).content.decode()
    assert "1 of 1 answered" in keeper.get(page).content.decode()
