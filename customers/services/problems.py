"""What did not fit in events: counted by source, key and reason, with one example."""

import json
from datetime import datetime
from typing import Any, Final

from django.db import connection

_COUNT: Final = """
    INSERT INTO customers_eventproblem
        (source_key, key, code, detail, example, example_message_id, count, first_at, last_at, resolved_at)
    VALUES (%s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, NULL)
    ON CONFLICT (source_key, key, code) DO UPDATE SET
        detail = excluded.detail, example = excluded.example, example_message_id = excluded.example_message_id,
        count = customers_eventproblem.count + excluded.count,
        last_at = greatest(customers_eventproblem.last_at, excluded.last_at), resolved_at = NULL
"""


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
    given: list[Any] = [
        source_key,
        key[:200],
        code[:40],
        detail[:500],
        json.dumps(example),
        message_id[:200],
        count,
        at,
        at,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, given)
