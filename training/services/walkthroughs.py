"""Moves people through walkthroughs: begin, answer, begin again."""

from typing import Any

from django.db import transaction

from common.clock import now
from common.errors import Conflict, Invalid
from ledger.services import announce
from training.answers import judged, right_at_first_try
from training.errors import WalkthroughChanged
from training.events import WalkthroughCompleted, WalkthroughStarted
from training.models import BriefVersion, Progress
from training.selectors import live_version


def _live(segment_key: str, version_number: int) -> BriefVersion:
    live = live_version(segment_key)
    if live.number != version_number:
        raise WalkthroughChanged(
            "This walkthrough was replaced by a newer one while you were in it. Begin the new one; "
            "what you completed of the old one is kept in your record."
        )
    return live


@transaction.atomic
def start_walkthrough(*, actor: Any, segment_key: str) -> Progress:
    """Afterwards the person is in the walkthrough in force, where they left it. Announces: WalkthroughStarted once.

    Refuses: NoBrief.
    """
    live = live_version(segment_key)
    progress, is_new = Progress.objects.get_or_create(user=actor, version=live)
    if is_new:
        announce(WalkthroughStarted(segment_key=segment_key, version_number=live.number), actor=actor)
    return progress


@transaction.atomic
def answer_step(*, actor: Any, segment_key: str, version_number: int, index: int, answer: Any) -> Progress:
    """Afterwards the answer stands, the first one beside the last, and the next step is open; after the last step the
    walkthrough is completed. `answer` is None for a step to read, a choice's number, or "in" or "out".

    Refuses: NoBrief, WalkthroughChanged, Invalid (no such step, no such answer), Conflict for a step not yet reached.
    Announces: WalkthroughCompleted once.
    """
    live = _live(segment_key, version_number)
    steps = live.content["walkthrough"]["steps"]
    if not 0 <= index < len(steps):
        raise Invalid(f"The walkthrough has steps 0 to {len(steps) - 1}.", pointer="/index")
    Progress.objects.get_or_create(user=actor, version=live)
    progress = Progress.objects.select_for_update().get(user=actor, version=live)
    if index > progress.position:
        raise Conflict("Answer the steps before this one first.")
    right = judged(steps[index], answer, segment_key=segment_key)
    earlier = progress.answers.get(str(index))
    first = earlier["first_right"] if earlier else right
    progress.answers[str(index)] = {"given": answer, "right": right, "first_right": first, "at": now().isoformat()}
    progress.position = max(progress.position, index + 1)
    is_completion = progress.position == len(steps) and progress.completed_at is None
    if is_completion:
        progress.completed_at = now()
    progress.save(update_fields=["answers", "position", "completed_at", "moved_at"])
    if is_completion:
        right_count, asked = right_at_first_try(progress.answers)
        announce(
            WalkthroughCompleted(segment_key=segment_key, version_number=live.number, right=right_count, asked=asked),
            actor=actor,
        )
    return progress


@transaction.atomic
def restart_walkthrough(*, actor: Any, segment_key: str) -> Progress:
    """Afterwards the person stands at the first step again; that they completed it before stays on record.

    Refuses: NoBrief.
    """
    live = live_version(segment_key)
    Progress.objects.get_or_create(user=actor, version=live)
    progress = Progress.objects.select_for_update().get(user=actor, version=live)
    progress.position = 0
    progress.answers = {}
    progress.save(update_fields=["position", "answers", "moved_at"])
    return progress
