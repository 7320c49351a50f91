"""Keeps what did not fit in events, by source, key and reason; sets it aside, or applies it again."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from common.actors import Actor
from common.clock import now
from customers.errors import CannotApplyAgain, NoSuchProblem
from customers.events import ProblemSettled
from customers.models import EventProblem
from customers.policies import EventProblemPolicy
from customers.rows.told import Told
from customers.rows.traits import Fault, trait_key
from customers.selectors import attribute_facts
from customers.services.nudging import nudge_applier
from ledger.services import announce

_EXAMPLE: Final = 300
_RECORD = """
    INSERT INTO customers_eventproblem
        (source_key, key, code, detail, example, example_message_id, count, first_at, last_at)
    SELECT i.source_key, i.key, i.code, i.detail, i.example, i.message_id, i.count, i.first_at, i.last_at
    FROM jsonb_to_recordset(%s::jsonb) AS i (source_key text, key text, code text, detail text, example jsonb,
        message_id text, count bigint, first_at timestamptz, last_at timestamptz)
    ORDER BY i.source_key, i.key, i.code
    ON CONFLICT (source_key, key, code) DO UPDATE
    SET count = customers_eventproblem.count + EXCLUDED.count, detail = EXCLUDED.detail, example = EXCLUDED.example,
        example_message_id = EXCLUDED.example_message_id, resolved_at = NULL,
        first_at = least(customers_eventproblem.first_at, EXCLUDED.first_at),
        last_at = greatest(customers_eventproblem.last_at, EXCLUDED.last_at)
"""


@dataclass(frozen=True, slots=True)
class Problem:
    """One value that did not fit, in one message."""

    source_key: str
    key: str
    code: str
    detail: str
    example: Any
    message_id: str
    at: datetime
    count: int = 1

    @classmethod
    def of(cls, told: Told, fault: Fault) -> "Problem":
        """The fault of an event as a problem of its source."""
        return cls(
            told.source_key, fault.key, fault.code, fault.detail, fault.example, told.message_id, told.received_at
        )


def _example(raw: Any) -> Any:
    """The value itself where it is short, else the beginning of it as text."""
    text = json.dumps(raw, ensure_ascii=False)
    return raw if len(text) <= _EXAMPLE else (raw if isinstance(raw, str) else text)[:_EXAMPLE] + "…"


def record_problems(problems: Iterable[Problem]) -> None:
    """Add to the counts of problems, one row for each source, key and reason, with the newest example.

    Within the open transaction. A problem that was set aside is open again.
    """
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for each in problems:
        at = each.at.isoformat()
        row = rows.setdefault((each.source_key, each.key, each.code), {"count": 0, "first_at": at})
        row.update(
            source_key=each.source_key,
            key=each.key[:200],
            code=each.code[:40],
            detail=each.detail[:500],
            example=_example(each.example),
            message_id=each.message_id[:200],
            last_at=at,
        )
        row["count"] += each.count
    if rows:
        text = json.dumps(list(rows.values()), ensure_ascii=False, allow_nan=False)
        with connection.cursor() as cursor:
            cursor.execute(_RECORD, [text])


def record_problem(
    *,
    source_key: str,
    key: str,
    code: str,
    detail: str,
    example: Any,
    message_id: str,
    at: datetime,
    count: int = 1,
) -> None:
    """Afterwards the problem is counted and open, within the caller's transaction. Whoever records several sorts them
    by key and code first, so that two callers never wait for each other.
    """
    record_problems([Problem(source_key, key, code, detail, example, message_id, at, count)])


def _locked(problem_id: int) -> EventProblem:
    found = EventProblem.objects.select_for_update().filter(pk=problem_id).first()
    if found is None:
        raise NoSuchProblem(f"There is no problem {problem_id}.")
    return found


@transaction.atomic
def set_aside(*, actor: Actor, problem_id: int) -> EventProblem:
    """Close a problem that needs nothing more. The next value that does not fit for the same reason opens it again.

    Refuses: `NotAllowed`; `NoSuchProblem`. Announces: `customers.problem.settled`.
    """
    EventProblemPolicy().require(actor, "settle")
    problem = _locked(problem_id)
    problem.resolved_at, problem.again_from = now(), None
    problem.save(update_fields=["resolved_at", "again_from"])
    announce(ProblemSettled(problem_id=problem.pk, source_key=problem.source_key, deed="set aside"), actor=actor)
    return problem


@transaction.atomic
def apply_again(*, actor: Actor, problem_id: int) -> EventProblem:
    """Let the stored events of the problem's source give their traits of its key once more, as old as they are.

    Afterwards the applier goes through them in parts, each one transaction that also moves the problem on; values that
    are newer stay. What still does not fit is counted anew; when nothing is, the problem is closed.
    Refuses: `NotAllowed`; `NoSuchProblem`; `CannotApplyAgain` while the catalogue has no attribute of that name, or the
    fault is in ids. Announces: `customers.problem.settled`.
    """
    EventProblemPolicy().require(actor, "settle")
    problem = _locked(problem_id)
    fact = attribute_facts().get(trait_key(problem.key, attribute_facts()) or "")
    if fact is None or fact.derivation is not None:
        raise CannotApplyAgain(
            f"There is no attribute that “{problem.key[:63]}” could go to. Define one of that key, then apply again."
        )
    problem.count, problem.resolved_at, problem.again_from = 0, None, ["0001-01-01T00:00:00+00:00", 0]
    problem.save(update_fields=["count", "resolved_at", "again_from"])
    announce(ProblemSettled(problem_id=problem.pk, source_key=problem.source_key, deed="apply again"), actor=actor)
    transaction.on_commit(nudge_applier, robust=True)
    return problem
