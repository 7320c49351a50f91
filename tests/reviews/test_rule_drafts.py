"""Drafts of rules: opened once, changed step by step, kept apart between people and pages, and forgotten."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from common import clock
from common.errors import Invalid
from reviews.errors import DraftMoved, DraftUnknown
from reviews.models import RuleDraft
from reviews.selectors.rule_states import State, history_in, reading_of, state_of_text
from reviews.services.drafts import (
    change_rule_draft,
    copy_rule_draft,
    forget_rule_draft,
    open_rule_draft,
    show_rule_draft,
    sweep_rule_drafts,
    turn_rule_draft,
)
from taxonomy.rules import AttributeFacts
from taxonomy.rules import editing as shape
from taxonomy.rules.sketch import from_json, to_json

CATALOGUE: dict[str, AttributeFacts] = {"orders": AttributeFacts("number")}


def opened(actor: Any, text: str = "orders >= 3", subject: str = "try") -> RuleDraft:
    state = {**state_of_text(text, CATALOGUE), "text": None}
    return open_rule_draft(actor=actor, subject=subject, start=text, state=state)


def with_one_more(state: State) -> State:
    sketch = from_json(state["sketch"])
    return {"sketch": to_json(shape.add_clause(sketch, sketch.root.id)), "text": None}


def changed(actor: Any, draft: RuleDraft, *, seen: int | None = None, tab: str = "a", **more: Any) -> RuleDraft:
    change = more.pop("change", with_one_more)
    base = draft.revision if seen is None else seen
    return change_rule_draft(actor=actor, draft_id=draft.pk, seen=base, tab=tab, change=change, **more)


def parts_in(draft: RuleDraft) -> int:
    return len(from_json(history_in(draft).step.state["sketch"]).root.parts)


def test_open__twice__is_the_same_draft_with_what_was_done(cast: SimpleNamespace) -> None:
    draft = changed(cast.owner, opened(cast.owner))
    again = opened(cast.owner, "orders >= 9")
    assert (again.pk, parts_in(again), again.start) == (draft.pk, 2, "orders >= 3")


def test_open__of_one_in_which_nothing_was_done__begins_with_the_new_text(cast: SimpleNamespace) -> None:
    first = opened(cast.owner)
    again = opened(cast.owner, "orders >= 9")
    assert again.pk == first.pk
    assert reading_of(history_in(again).step.state, CATALOGUE).text == "orders >= 9"


def test_open__of_a_text_longer_than_a_rule__is_refused(cast: SimpleNamespace) -> None:
    with pytest.raises(Invalid, match="64 KiB"):
        opened(cast.owner, "x" * 70_000)


def test_open__of_very_many__forgets_the_oldest(cast: SimpleNamespace) -> None:
    for number in range(45):
        opened(cast.owner, subject=f"change:s{number}")
    opened(cast.steward)
    mine = RuleDraft.objects.filter(author=cast.owner)
    assert mine.count() == 40
    assert not mine.filter(subject="change:s0").exists()
    assert RuleDraft.objects.filter(author=cast.steward).count() == 1


def test_change__undo_and_redo__walk_through_the_steps(cast: SimpleNamespace) -> None:
    draft = changed(cast.owner, changed(cast.owner, opened(cast.owner)))
    assert (parts_in(draft), draft.revision) == (3, 3)
    turn = {"actor": cast.owner, "draft_id": draft.pk, "tab": "a"}
    draft = turn_rule_draft(**turn, seen=3, back=True)
    draft = turn_rule_draft(**turn, seen=4, back=True)
    assert parts_in(draft) == 1
    assert turn_rule_draft(**turn, seen=5, back=True).revision == 5
    assert parts_in(turn_rule_draft(**turn, seen=5, back=False)) == 2
    assert not history_in(changed(cast.owner, RuleDraft.objects.get())).can_redo


def test_change__that_changes_nothing__is_no_step(cast: SimpleNamespace) -> None:
    draft = changed(cast.owner, opened(cast.owner), change=lambda state: state)
    assert (draft.revision, len(draft.steps)) == (1, 1)


def test_change__on_another_page__is_not_lost_and_says_what_mine_would_be(cast: SimpleNamespace) -> None:
    draft = opened(cast.owner)
    changed(cast.owner, changed(cast.owner, draft, tab="a"), tab="a")
    with pytest.raises(DraftMoved) as moved:
        changed(cast.owner, draft, seen=1, tab="b")
    assert moved.value.mine is not None
    assert len(from_json(moved.value.mine["sketch"]).root.parts) == 2
    assert parts_in(RuleDraft.objects.get()) == 3
    with pytest.raises(DraftMoved):
        turn_rule_draft(actor=cast.owner, draft_id=draft.pk, seen=1, tab="b", back=True)


def test_change__of_the_same_page_whose_answer_was_lost__is_taken(cast: SimpleNamespace) -> None:
    draft = changed(cast.owner, opened(cast.owner), tab="a")
    assert parts_in(changed(cast.owner, draft, seen=1, tab="a")) == 3


def test_typing__in_one_field_of_one_page__is_one_step(cast: SimpleNamespace) -> None:
    draft = opened(cast.owner)
    for text in ("orders >= 4", "orders >= 45"):
        draft = changed(cast.owner, draft, touch="text", change=lambda _, text=text: state_of_text(text, CATALOGUE))
    assert len(draft.steps) == 2
    draft = changed(cast.owner, draft, tab="b", touch="text", change=lambda _: state_of_text("orders = 1", CATALOGUE))
    assert len(draft.steps) == 3


def test_foreign_draft__for_anybody_else__is_not_there(cast: SimpleNamespace) -> None:
    draft = opened(cast.owner)
    with pytest.raises(DraftUnknown):
        changed(cast.administrator, draft)
    with pytest.raises(DraftUnknown):
        show_rule_draft(actor=cast.administrator, draft_id=draft.pk, view="text")
    with pytest.raises(DraftUnknown):
        copy_rule_draft(actor=cast.administrator, source="try", subject="create")


def test_view__of_a_draft__is_kept_and_no_other_word_is_taken(cast: SimpleNamespace) -> None:
    draft = opened(cast.owner)
    assert show_rule_draft(actor=cast.owner, draft_id=draft.pk, view="words").view == "words"
    with pytest.raises(Invalid):
        show_rule_draft(actor=cast.owner, draft_id=draft.pk, view="sql")


def test_copy__into_a_draft_that_is_there__is_one_step_to_undo(cast: SimpleNamespace) -> None:
    opened(cast.owner, "orders >= 3")
    target = changed(cast.owner, opened(cast.owner, "orders >= 9", "create"))
    copied = copy_rule_draft(actor=cast.owner, source="try", subject="create")
    assert (copied.pk, parts_in(copied)) == (target.pk, 1)
    back = turn_rule_draft(actor=cast.owner, draft_id=copied.pk, seen=copied.revision, tab="", back=True)
    assert parts_in(back) == 2


def test_forget__one_subject__leaves_the_others(cast: SimpleNamespace) -> None:
    opened(cast.owner)
    opened(cast.owner, subject="create")
    opened(cast.steward)
    forget_rule_draft(actor=cast.owner, subject="try")
    assert sorted(RuleDraft.objects.values_list("author__username", "subject")) == [
        ("owner", "create"),
        ("steward", "try"),
    ]


def test_sweep__after_four_weeks__forgets_what_nobody_touched(cast: SimpleNamespace) -> None:
    opened(cast.owner)
    kept = opened(cast.steward)
    RuleDraft.objects.exclude(pk=kept.pk).update(updated_at=clock.now() - timedelta(days=29))
    assert sweep_rule_drafts() == 1
    assert RuleDraft.objects.get() == kept
