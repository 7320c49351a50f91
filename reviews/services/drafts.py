"""Keeps rules that are being written: opened, changed, undone, sent or forgotten."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import transaction

from common.clock import now
from common.errors import Invalid
from reviews.errors import DraftMoved, DraftUnknown
from reviews.models import RuleDraft
from reviews.selectors.rule_states import VIEWS, State, history_in
from taxonomy.rules.history import History, Step
from taxonomy.rules.limits import LIMITS

KEPT = timedelta(days=28)
MOST_DRAFTS = 40
Change = Callable[[State], State]


@transaction.atomic
def open_rule_draft(*, actor: Any, subject: str, start: str, state: State) -> RuleDraft:
    """Afterwards the actor has a draft of the subject: the one that was there, or a new one that begins with `state`.
    One in which nothing was done yet begins with `state` too.

    Of more drafts than one person can work on, the oldest are forgotten.

    Refuses: Invalid (a text longer than any rule).
    Announces: nothing.
    """
    if len(start) > LIMITS.text_bytes:
        raise Invalid(f"A rule may have at most {LIMITS.text_bytes // 1024} KiB of text.", pointer="/rule")
    first = Step(state, 1)
    view = "builder" if state["text"] is None or not state["text"].strip() else "text"
    draft, is_new = RuleDraft.objects.get_or_create(
        author=actor,
        subject=subject,
        defaults={
            "start": start,
            "steps": History((first,), 0).as_json(),
            "view": view,
            "created_at": now(),
            "updated_at": now(),
        },
    )
    if not is_new and draft.revision == 1 and draft.start != start:
        draft.start, draft.steps, draft.view = start, History((first,), 0).as_json(), view
        draft.save()
    if is_new:
        old = RuleDraft.objects.filter(author=actor).order_by("-updated_at", "-pk").values("pk")[MOST_DRAFTS:]
        RuleDraft.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
    return draft


@transaction.atomic
def change_rule_draft(*, actor: Any, draft_id: int, seen: int, tab: str, change: Change, touch: str = "") -> RuleDraft:
    """Afterwards the change is the shown step; what had been undone before it is gone.

    `seen` is the revision that the page showed. Typing in one field of one page (`touch`) is one step.

    Refuses: DraftUnknown, DraftMoved (another page changed it since; it carries what the change would have made),
    whatever `change` refuses.
    Announces: nothing.
    """
    draft = _locked(actor, draft_id)
    history = history_in(draft)
    if _moved(draft, seen, tab):
        base = history.state_at(seen)
        raise DraftMoved(_MOVED, mine=change(base) if base is not None else None)
    made = change(history.step.state)
    if made == history.step.state:
        return draft
    step = Step(made, draft.revision + 1, f"{tab}:{touch}" if touch else "")
    return _kept(draft, history.recorded(step), tab)


@transaction.atomic
def turn_rule_draft(*, actor: Any, draft_id: int, seen: int, tab: str, back: bool) -> RuleDraft:
    """Afterwards the step before (or, forward again, the one after) is shown, if there is one.

    Refuses: DraftUnknown, DraftMoved.
    Announces: nothing.
    """
    draft = _locked(actor, draft_id)
    history = history_in(draft)
    if _moved(draft, seen, tab):
        raise DraftMoved(_MOVED, mine=None)
    turned = history.undone() if back else history.redone()
    if turned == history:
        return draft
    # The shown step takes the new revision, so that a later change of this page finds what it was made for.
    steps = tuple(
        replace(step, revision=draft.revision + 1, touch="") if place == turned.at else step
        for place, step in enumerate(turned.steps)
    )
    return _kept(draft, History(steps, turned.at), tab)


@transaction.atomic
def show_rule_draft(*, actor: Any, draft_id: int, view: str) -> RuleDraft:
    """Afterwards the draft opens in this view: builder, text or words.

    Refuses: DraftUnknown, Invalid (no such view).
    Announces: nothing.
    """
    if view not in VIEWS:
        raise Invalid("A rule is shown as builder, text or words.", pointer="/view")
    draft = _locked(actor, draft_id)
    if draft.view != view:
        draft.view = view
        draft.save(update_fields=["view"])
    return draft


@transaction.atomic
def copy_rule_draft(*, actor: Any, source: str, subject: str) -> RuleDraft:
    """Afterwards the draft of `subject` shows what that of `source` shows, as its newest step.

    Refuses: DraftUnknown.
    Announces: nothing.
    """
    origin = RuleDraft.objects.filter(author_id=actor.pk, subject=source).first()
    if origin is None:
        raise DraftUnknown("There is no rule to go on with. Write one first.")
    state = history_in(origin).step.state
    target = open_rule_draft(actor=actor, subject=subject, start="", state=state)
    history = history_in(target).recorded(Step(state, target.revision + 1))
    target.view = origin.view
    return _kept(target, history, "")


@transaction.atomic
def forget_rule_draft(*, actor: Any, subject: str) -> None:
    """Afterwards the actor has no draft of the subject: it was sent, or thrown away.

    Refuses: nothing.
    Announces: nothing.
    """
    RuleDraft.objects.filter(author=actor, subject=subject).delete()


def sweep_rule_drafts() -> int:
    """Afterwards no draft is there that nobody has touched for four weeks.

    Refuses: nothing.
    Announces: nothing; returns how many were forgotten.
    """
    return RuleDraft.objects.filter(updated_at__lt=now() - KEPT).delete()[0]


_MOVED = "This rule was changed on another page or device since you saw it."


def _locked(actor: Any, draft_id: int) -> RuleDraft:
    draft = RuleDraft.objects.select_for_update(of=("self",)).filter(author_id=actor.pk, pk=draft_id).first()
    if draft is None:
        raise DraftUnknown("There is no such draft of a rule. It may have been sent already; open the form again.")
    return draft


def _moved(draft: RuleDraft, seen: int, tab: str) -> bool:
    """Whether another page has written since; an answer that the same page has lost counts as seen."""
    return draft.revision != seen and draft.tab != tab


def _kept(draft: RuleDraft, history: History, tab: str) -> RuleDraft:
    draft.steps, draft.at = history.as_json(), history.at
    draft.revision += 1
    draft.tab = tab
    draft.updated_at = now()
    draft.save()
    return draft
