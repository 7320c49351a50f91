"""Asks for new members where a question changed without a version: computed attributes come about in another way."""

from common.actors import SYSTEM
from memberships.choices import Trigger
from memberships.models import Current
from memberships.selectors.questions import asked
from memberships.services.runs import request_run


def request_changed(*, reason: str) -> list[str]:
    """Afterwards a run covers every published segment whose question is not the one that was answered; their keys.

    Refuses: nothing. Announces: memberships.run.requested, unless absorbed.
    """
    questions = asked().questions
    answered = Current.objects.filter(snapshot__isnull=False).order_by().values_list("segment__key", "rule_digest")
    changed = sorted(key for key, digest in answered if key in questions and questions[key] != digest)
    if changed:
        request_run(actor=SYSTEM, trigger=Trigger.VERSION, segment_keys=changed, reason=reason)
    return changed
