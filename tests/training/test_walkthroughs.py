"""Walkthroughs: one step at a time, judged by the rule in force, kept on the server."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import InternalError, ProgrammingError, transaction

from common.actors import SYSTEM
from common.errors import Conflict, Invalid, NotAllowed
from ledger.models import Entry
from taxonomy.services.enactment import enact_version
from tests.factories.grocer import segment_content
from tests.flows.test_story_api import BRIEF
from training.errors import NoBrief, StaleBase, WalkthroughChanged
from training.models import BriefVersion, Progress
from training.selectors import checked_content, open_reviews, path_of_learning
from training.services.enactment import enact_brief
from training.services.upkeep import confirm_fit, open_review
from training.services.walkthroughs import answer_step, restart_walkthrough, start_walkthrough

pytestmark = pytest.mark.django_db


def enact(base: int | None = None, **changes: Any) -> BriefVersion:
    return enact_brief(
        actor=SYSTEM,
        kind="create" if base is None else "change",
        segment_key="anchors",
        content={**BRIEF, **changes},
        rationale="For newcomers.",
        base_version=base,
        request_ref="1",
    )


def enact_rule(rule: str, base: int = 1) -> None:
    enact_version(
        actor=SYSTEM,
        kind="change",
        segment_key="anchors",
        content=segment_content("anchors", rule=rule),
        rationale="It is time.",
        expected_outcome="More.",
        base_version=base,
        request_ref="2",
    )


def answer(person: Any, index: int, given: Any, version: int = 1) -> Progress:
    return answer_step(actor=person, segment_key="anchors", version_number=version, index=index, answer=given)


def events() -> list[str]:
    return list(Entry.objects.filter(event__startswith="training.").order_by("id").values_list("event", flat=True))


def test_walkthrough__all_steps_answered__is_completed_once(grocer: SimpleNamespace) -> None:
    enact()
    start_walkthrough(actor=grocer.learner, segment_key="anchors")
    answer(grocer.learner, 0, None)
    answer(grocer.learner, 1, 1)
    answer(grocer.learner, 1, 0)
    progress = answer(grocer.learner, 2, "out")
    assert progress.completed_at is not None
    assert [progress.answers[str(index)]["right"] for index in range(3)] == [None, True, True]
    assert progress.answers["1"]["first_right"] is False
    answer(grocer.learner, 2, "out")
    assert events() == ["training.brief.enacted", "training.walkthrough.started", "training.walkthrough.completed"]
    assert Entry.objects.get(event="training.walkthrough.completed").payload["right"] == 1


def test_classify__rule_changed__the_same_answer_is_judged_anew(grocer: SimpleNamespace) -> None:
    enact()
    for index, given in ((0, None), (1, 0)):
        answer(grocer.learner, index, given)
    assert answer(grocer.learner, 2, "in").answers["2"]["right"] is False
    enact_rule("orders_90d >= 9 AND spend_365d >= 3000")
    assert answer(grocer.learner, 2, "in").answers["2"]["right"] is True


def test_classify__rule_refers_to_a_segment__is_judged_through_it(grocer: SimpleNamespace) -> None:
    enact()
    enact_rule("NOT IN_SEGMENT('occasional')")
    for index, given in ((0, None), (1, 0)):
        answer(grocer.learner, index, given)
    assert answer(grocer.learner, 2, "in").answers["2"]["right"] is True


@pytest.mark.parametrize(
    ("index", "given", "error"),
    [(1, 0, Conflict), (0, None, None), (5, None, Invalid), (-1, None, Invalid)],
)
def test_answer__step_not_reached_or_unknown__is_refused(
    grocer: SimpleNamespace, index: int, given: Any, error: type[Exception] | None
) -> None:
    enact()
    if error is None:
        assert answer(grocer.learner, index, given).position == 1
    else:
        with pytest.raises(error):
            answer(grocer.learner, index, given)


@pytest.mark.parametrize("given", [None, 7, -1, True, "in", 1.5, [], {}])
def test_answer__no_such_choice__is_refused_and_nothing_moves(grocer: SimpleNamespace, given: Any) -> None:
    enact()
    answer(grocer.learner, 0, None)
    with pytest.raises(Invalid):
        answer(grocer.learner, 1, given)
    assert Progress.objects.get().position == 1


def test_answer__walkthrough_replaced_meanwhile__says_so_and_keeps_the_record(grocer: SimpleNamespace) -> None:
    enact()
    answer(grocer.learner, 0, None)
    enact(base=1, how_to_use="Otherwise.")
    with pytest.raises(WalkthroughChanged):
        answer(grocer.learner, 1, 0)
    assert Progress.objects.get(version__number=1).position == 1


def test_restart__completed__stays_on_record(grocer: SimpleNamespace) -> None:
    enact()
    for index, given in ((0, None), (1, 0), (2, "out")):
        answer(grocer.learner, index, given)
    progress = restart_walkthrough(actor=grocer.learner, segment_key="anchors")
    assert (progress.position, progress.completed_at is None) == (0, False)


def test_path__by_state__begun_then_new_then_done(grocer: SimpleNamespace) -> None:
    enact()
    assert [row.state for row in path_of_learning(viewer=grocer.learner)] == ["new"]
    answer(grocer.learner, 0, None)
    assert [row.state for row in path_of_learning(viewer=grocer.learner)] == ["begun"]
    for index, given in ((1, 0), (2, "in")):
        answer(grocer.learner, index, given)
    assert [row.state for row in path_of_learning(viewer=grocer.learner)] == ["done"]
    enact(base=1, how_to_use="Otherwise.")
    assert [row.state for row in path_of_learning(viewer=grocer.learner)] == ["changed"]


def test_start__no_brief__is_refused(grocer: SimpleNamespace) -> None:
    with pytest.raises(NoBrief):
        start_walkthrough(actor=grocer.learner, segment_key="anchors")


def test_enact__stale_base__is_refused(grocer: SimpleNamespace) -> None:
    enact()
    with pytest.raises(StaleBase):
        enact()


def test_version__changed_by_sql__is_refused(grocer: SimpleNamespace) -> None:
    version = enact()
    with pytest.raises((InternalError, ProgrammingError), match="does not change"), transaction.atomic():
        BriefVersion.objects.filter(pk=version.pk).update(content={})
    with pytest.raises((InternalError, ProgrammingError), match="never deleted"), transaction.atomic():
        version.delete()


def test_review__rule_changed__is_opened_once_and_closed_by_the_owner(grocer: SimpleNamespace) -> None:
    enact()
    enact_rule("orders_90d >= 9")
    for _ in range(2):
        open_review(segment_key="anchors", segment_version_number=2)
    assert open_reviews().count() == 1
    with pytest.raises(NotAllowed):
        confirm_fit(actor=grocer.rep, segment_key="anchors")
    confirm_fit(actor=grocer.owner, segment_key="anchors")
    assert open_reviews().count() == 0
    assert events()[-2:] == ["training.review.opened", "training.review.confirmed"]
    with pytest.raises(Conflict):
        confirm_fit(actor=grocer.owner, segment_key="anchors")


def walk(step: dict[str, Any], minutes: int = 1) -> dict[str, Any]:
    return {"walkthrough": {"title": "t", "minutes": minutes, "steps": [{"title": "t", **step}]}}


READ = {"kind": "read", "body": "b"}
CLASSIFY = {"kind": "classify", "question": "q", "in_feedback": "i", "out_feedback": "o"}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"rationale": ""}, "/rationale"),
    ({"surprise": 1}, "/surprise"),
    ({"dos": "x"}, "/dos"),
    ({"walkthrough": {}}, "/walkthrough"),
    (walk(READ, minutes=0), "/walkthrough/minutes"),
    (walk({"kind": "sing"}), "/walkthrough/steps/0/kind"),
    (walk({"kind": "choose", "question": "q", "choices": []}), "/walkthrough/steps/0/choices"),
    (walk({**CLASSIFY, "customer": {"shoe_size": 9}}), "/walkthrough/steps/0/customer/shoe_size"),
]


@pytest.mark.parametrize(("changes", "pointer"), WRONG)
def test_content__wrong__is_refused_at_its_place(
    grocer: SimpleNamespace, changes: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        checked_content({**BRIEF, **changes}, segment_key="anchors", kind="create")
    assert pointer in [error["pointer"] for error in refused.value.errors]


def test_pages__from_begin_to_done__keep_the_place(grocer: SimpleNamespace, client_of: Any) -> None:
    enact()
    browser = client_of(grocer.learner)
    base = "/training/anchors/walkthrough/"
    assert b"Begin" in browser.get(base).content
    browser.post(f"{base}answer/", {"begin": "1"})
    browser.post(f"{base}answer/", {"index": "0", "version": "1", "kind": "read"})
    wrong = browser.post(f"{base}answer/", {"index": "1", "version": "1", "kind": "choose", "answer": "1"}, follow=True)
    assert b"Not quite" in wrong.content
    assert client_of(grocer.learner).get(base).status_code == 200
    browser.post(f"{base}answer/", {"index": "1", "version": "1", "kind": "choose", "answer": "0"})
    last = browser.post(
        f"{base}answer/", {"index": "2", "version": "1", "kind": "classify", "answer": "out"}, follow=True
    )
    assert b"What the rule in force says" in last.content
    assert b"completed" in browser.get(f"{base}done/").content
    assert browser.get(base)["Location"] == f"{base}done/"


def test_answer_page__form_torn__is_refused_plainly(grocer: SimpleNamespace, client_of: Any) -> None:
    enact()
    answer_page = client_of(grocer.learner).post("/training/anchors/walkthrough/answer/", {"index": "x"})
    assert answer_page.status_code == 400
    assert b"answer again" in answer_page.content


def test_brief_api__before_answering__does_not_tell_the_answers(grocer: SimpleNamespace, api_of: Any) -> None:
    enact()
    text = api_of(grocer.learner).get("/api/v1/training/anchors/").content.decode()
    assert "feedback" not in text
    assert '"right"' not in text
