"""Playbooks: governed content, read and confirmed, flagged when the rule changed."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import InternalError, ProgrammingError, transaction

from common.actors import SYSTEM
from common.errors import Conflict, Invalid, NotAllowed
from ledger.models import Entry
from memberships.services.execution import execute_run
from memberships.services.runs import request_run
from playbooks.content import checked
from playbooks.errors import NoPlaybook, StaleBase
from playbooks.models import PlaybookVersion, ReadReceipt
from playbooks.selectors import open_reviews, plays_for, search
from playbooks.services.enactment import enact_playbook
from playbooks.services.reading import confirm_reading
from playbooks.services.upkeep import confirm_fit, open_review
from playbooks.tasks import on_version_enacted
from taxonomy.services.enactment import enact_version
from tests.factories.grocer import segment_content
from tests.flows.test_story_api import PLAYBOOK

pytestmark = pytest.mark.django_db


def enact(base: int | None = None, key: str = "anchors", **changes: Any) -> PlaybookVersion:
    return enact_playbook(
        actor=SYSTEM,
        kind="create" if base is None else "change",
        segment_key=key,
        content={**PLAYBOOK, **changes},
        rationale="So that the desk knows what to say.",
        base_version=base,
        request_ref="1",
    )


def change_rule() -> None:
    enact_version(
        actor=SYSTEM,
        kind="change",
        segment_key="anchors",
        content=segment_content("anchors", rule="orders_90d >= 9"),
        rationale="It is time.",
        expected_outcome="More.",
        base_version=1,
        request_ref="2",
    )


def test_enact__second_wording__ends_the_first(grocer: SimpleNamespace) -> None:
    enact()
    second = enact(base=1, pricing="Otherwise.")
    assert list(PlaybookVersion.objects.order_by("number").values_list("number", "state")) == [
        (1, "superseded"),
        (2, "active"),
    ]
    assert second.segment_version_number == 1
    assert Entry.objects.filter(event="playbooks.version.enacted").count() == 2


def test_enact__stale_base_or_unknown_segment__is_refused(grocer: SimpleNamespace) -> None:
    enact()
    with pytest.raises(StaleBase):
        enact()
    with pytest.raises(Exception, match="no segment"):
        enact(key="nothing")


def test_version__changed_by_sql__is_refused(grocer: SimpleNamespace) -> None:
    version = enact()
    with pytest.raises((InternalError, ProgrammingError), match="does not change"), transaction.atomic():
        PlaybookVersion.objects.filter(pk=version.pk).update(content={})


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"why": " "}, "/why"),
        ({"more": "x"}, "/more"),
        ({"objections": [{"objection": "x"}]}, "/objections/0/answer"),
        ({"objections": [{"objection": "x", "answer": "y", "z": 1}]}, "/objections/0"),
        ({"dos": ["ok", ""]}, "/dos/1"),
        ({"dos": ["x"] * 61}, "/dos"),
        ({"values": "a\u202eb"}, "/values"),
        ({"channels": "telephone"}, "/channels"),
    ],
)
def test_content__wrong__is_refused_at_its_place(changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked({**PLAYBOOK, **changes})
    assert pointer in [error["pointer"] for error in refused.value.errors]


def test_content__optional_section_empty__is_a_warning() -> None:
    assert checked({**PLAYBOOK, "triggers": []}).warnings == ["The section “When something happens” is empty."]


def test_rule_changed__the_fact_consumed_twice__opens_one_review_until_somebody_vouches(
    grocer: SimpleNamespace, client_of: Any
) -> None:
    enact()
    change_rule()
    entry = Entry.objects.filter(event="taxonomy.version.enacted").latest("id")
    for _ in range(2):
        on_version_enacted(entry.pk)
        open_review(segment_key="anchors", segment_version_number=2)
    assert open_reviews().count() == 1
    page = client_of(grocer.rep).get("/playbooks/anchors/").content
    assert b"The rule has changed since this was written" in page
    with pytest.raises(NotAllowed):
        confirm_fit(actor=grocer.rep, segment_key="anchors")
    assert client_of(grocer.owner).post("/playbooks/anchors/fits/").status_code == 302
    assert open_reviews().count() == 0
    with pytest.raises(Conflict):
        confirm_fit(actor=grocer.owner, segment_key="anchors")


def test_rule_changed__playbook_rewritten__closes_the_review(grocer: SimpleNamespace) -> None:
    enact()
    change_rule()
    open_review(segment_key="anchors", segment_version_number=2)
    assert enact(base=1, pricing="Anew.").segment_version_number == 2
    assert open_reviews().count() == 0


def test_reading__confirmed__is_asked_again_after_a_change(grocer: SimpleNamespace, client_of: Any) -> None:
    enact()
    browser = client_of(grocer.rep)
    assert b"I have read it" in browser.get("/playbooks/anchors/").content
    for _ in range(2):
        browser.post("/playbooks/anchors/read/", {"version": "1"})
    assert ReadReceipt.objects.count() == 1
    assert b"I have read it" not in browser.get("/playbooks/anchors/").content
    enact(base=1, pricing="Anew.")
    assert b"You read version 1; this is version 2" in browser.get("/playbooks/anchors/").content
    with pytest.raises(Conflict):
        confirm_reading(actor=grocer.rep, segment_key="anchors", version_number=1)


def test_reading__no_playbook__is_refused_with_a_way_on(grocer: SimpleNamespace, client_of: Any) -> None:
    with pytest.raises(NoPlaybook):
        confirm_reading(actor=grocer.rep, segment_key="anchors", version_number=1)
    assert b"Propose a playbook" in client_of(grocer.rep).get("/playbooks/anchors/").content


def test_plays__customer_in_two_segments__the_most_specific_first(grocer: SimpleNamespace, client_of: Any) -> None:
    enact(key="households")
    enact(key="anchors")
    execute_run(request_run(actor=grocer.steward, trigger="person").pk)
    assert [play.segment_key for play in plays_for(viewer=grocer.rep, external_id="hh-01")] == ["anchors", "households"]
    assert plays_for(viewer=grocer.rep, external_id="hh-12") == []
    assert b"Ring" in client_of(grocer.rep).get("/playbooks/region/customer/hh-01/").content
    assert client_of(grocer.learner).get("/playbooks/region/customer/hh-01/").status_code in (403, 404)


def test_search__words_of_an_objection__find_its_playbook(grocer: SimpleNamespace) -> None:
    enact()
    (hit,) = search(grocer.rep, "too dear", 5)
    assert hit.url == "/playbooks/anchors/#objections"


def test_page__hostile_content__runs_nothing(grocer: SimpleNamespace, client_of: Any) -> None:
    enact(why="<script>alert(1)</script> [x](javascript:alert(1))", dos=["<img src=x onerror=alert(1)>"])
    page = client_of(grocer.rep).get("/playbooks/anchors/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert 'href="javascript' not in page


def test_api__read__confirms_the_version_and_refuses_unknown_fields(grocer: SimpleNamespace, api_of: Any) -> None:
    enact()
    program = api_of(grocer.rep)
    assert program.get("/api/v1/playbooks/").json()["results"][0]["segment"] == "anchors"
    detail = program.get("/api/v1/playbooks/anchors/")
    assert detail["ETag"]
    assert detail.json()["content"] == PLAYBOOK

    def read(body: dict[str, Any]) -> Any:
        return program.post("/api/v1/playbooks/anchors/read/", json.dumps(body), content_type="application/json")

    assert read({"version": 1, "user": 5}).json()["errors"][0]["code"] == "unknown_field"
    assert read({"version": 2}).status_code == 409
    assert read({"version": 1}).status_code == 201
