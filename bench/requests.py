"""Server time of inbox, list and request page with 10,000 requests and 1,000 segments: `python -m bench.requests`.

REQUESTS and SEGMENTS may be set; one JSON line per page, with the share of the 150 ms that a page may take.
"""

import copy
import json
import os
import sys
from statistics import median
from time import perf_counter
from typing import Any

from bench import stage

REQUESTS = int(os.environ.get("REQUESTS", "10000"))
SEGMENTS = int(os.environ.get("SEGMENTS", "1000"))
ROUNDS = 11
ALLOWED_MS = 150
STATES = ("in_review", "in_review", "changes_requested", "withdrawn", "rejected")
"""What the copies stand in, by turns: two of five wait for votes."""


def _board(people: Any) -> Any:
    from accounts.choices import Role
    from accounts.services import create_user
    from common.actors import SYSTEM
    from reviews.services.boards import define_board

    admin = create_user(actor=SYSTEM, username="admin", display_name="Admin", roles=[(Role.ADMINISTRATOR, "")])
    members = {
        function: create_user(actor=SYSTEM, username=f"of-{function}", display_name=f"Of {function}")
        for function in ("marketing", "sales")
    }
    define_board(
        actor=admin,
        key="board",
        name="Board",
        policy={"quorum": 2, "required": {"marketing": 1, "sales": 1}, "due_days": 14},
        seats={function: [member.username] for function, member in members.items()},
    )
    return members["marketing"]


def _one_of_each(people: Any) -> Any:
    """A segment in force and a submitted request to change it, made as people make them."""
    from reviews.services.requests import create_request, submit_request
    from taxonomy.models import Segment

    key = Segment.objects.order_by("pk").values_list("key", flat=True)[0]
    made = create_request(
        actor=people.owner,
        kind="change",
        subject_type="segment",
        subject_key=key,
        proposed={"meaning": "Everybody who is worth a call this quarter, and nobody else."},
        rationale="The old words let everybody read what they liked into them.",
    )
    return submit_request(actor=people.owner, request_id=made.pk)


def _copied(row: Any, **changes: Any) -> Any:
    made = copy.copy(row)
    made._state = copy.copy(row._state)
    made._state.adding, made.pk = True, None
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def _without_triggers(tables: list[str], on: bool) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} {'ENABLE' if on else 'DISABLE'} TRIGGER USER")


def fill(request: Any) -> None:
    """Copies of the one segment and the one request, written at once: the guards have tests of their own."""
    from datetime import timedelta

    from reviews.models import ChangeRequest, Impact, Revision
    from taxonomy.models import Segment, SegmentVersion

    tables = [model._meta.db_table for model in (ChangeRequest, Impact, Revision, Segment, SegmentVersion)]
    _without_triggers(tables, on=False)
    segment = Segment.objects.get(key=request.subject_key)
    version = SegmentVersion.objects.get(segment=segment, state="active")
    segments = Segment.objects.bulk_create(
        _copied(segment, key=f"copy-{number:05}") for number in range(SEGMENTS - Segment.objects.count())
    )
    SegmentVersion.objects.bulk_create(
        _copied(version, segment=each, segment_id=each.pk, name=f"Copy {each.key}") for each in segments
    )
    keys = [each.key for each in segments] or [segment.key]
    copies = [
        _copied(
            request,
            subject_key=keys[number % len(keys)],
            title=f"{request.title} {number}",
            state=STATES[number % len(STATES)],
            decided_at=request.submitted_at if STATES[number % len(STATES)] in ("withdrawn", "rejected") else None,
            submitted_at=request.submitted_at - timedelta(minutes=number),
        )
        for number in range(REQUESTS - 1)
    ]
    requests = ChangeRequest.objects.bulk_create(copies, batch_size=2000)
    revision, impact = Revision.objects.get(request=request), Impact.objects.get(request=request)
    revisions = Revision.objects.bulk_create(
        (_copied(revision, request=each, request_id=each.pk) for each in requests), batch_size=2000
    )
    Impact.objects.bulk_create(
        (_copied(impact, request=row.request, revision=row, request_id=row.request_id) for row in revisions),
        batch_size=2000,
    )
    _without_triggers(tables, on=True)


def measure(viewer: Any, request: Any) -> list[dict[str, Any]]:
    """Median server time and queries of each page, in a process that has shown it before."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    browser = Client()
    browser.force_login(viewer)
    page = f"/requests/{request.pk}/"
    found = []
    for address in ("/requests/inbox/", "/requests/", "/requests/?state=&sort=-size", page, f"{page}?tab=changes", "/"):
        status = browser.get(address).status_code
        if status != 200:
            print(f"{address} answers {status}", file=sys.stderr)
            continue
        taken = []
        for _ in range(ROUNDS):
            began = perf_counter()
            browser.get(address)
            taken.append((perf_counter() - began) * 1000)
        with CaptureQueriesContext(connection) as queries:
            browser.get(address)
        found.append(
            {
                "benchmark": "server_time_of_a_page",
                "page": address.replace(str(request.pk), "N"),
                "requests": REQUESTS,
                "segments": SEGMENTS,
                "median_ms": round(median(taken), 1),
                "worst_ms": round(max(taken), 1),
                "of_the_allowed": round(median(taken) / ALLOWED_MS, 2),
                "queries": len(queries),
            }
        )
    return found


def main() -> None:
    """Fill, measure, print."""
    with stage.portal():
        people = stage.people()
        stage.catalogue(people.steward)
        from bench import rules

        stage.segments(rules.texts(1))
        viewer = _board(people)
        request = _one_of_each(people)
        began = perf_counter()
        fill(request)
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print(f"Filled in {perf_counter() - began:.0f} s", file=sys.stderr)
        for line in measure(viewer, request):
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
