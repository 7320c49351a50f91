"""Every way to write is walked by somebody who holds every right, with bodies that name every guarded field.

What each way changed of what is governed is held in `segportal/doors.json`, which the portal shows. A way that is new,
or that changes something else, fails. After a change on purpose: RECORD_DOORS=1 pytest tests/consent, then read it.
"""

import json
import os
from importlib import import_module
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.management import get_commands
from django.db import DatabaseError, connection, transaction
from django.test import Client, RequestFactory

from accounts.services import grant_role
from common.actors import SYSTEM
from common.errors import DomainError
from memberships.models import Run
from memberships.services.execution import execute_run
from memberships.services.runs import request_run
from playbooks.services.enactment import enact_playbook
from reviews.services.boards import seat_member
from reviews.services.requests import create_request, submit_request
from segportal.doors import BY_RIGHT, GUARDED, RECORDED
from tests.flows.test_story_api import PLAYBOOK
from tests.permissions.routes import routes

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

# Way (or its beginning) -> by what right it may change what is governed.
ALLOWED = {
    "page reviews:request-vote": "votes",
    "api POST api-change-request-vote": "votes",
    "api POST api-change-request-votes": "votes",
    "page reviews:bulk": "votes",
    "page meetings:": "votes",
    "api POST api-meeting": "votes",
    "page reviews:request-apply": "due",
    "api POST api-change-request-apply": "due",
    "task reviews.apply_due": "due",
    "page reviews:request-emergency": "emergency",
    "page reviews:emergency": "emergency",
    "api POST api-change-request-emergency": "emergency",
    "page reviews:board": "set-up",
    "api PUT api-board": "set-up",
    "page taxonomy:objective": "set-up",
    "api PUT api-objective": "set-up",
    "page customers:attribute": "unused",
    "api PUT api-attribute": "unused",
    "command create_user": "set-up",
    "command load_demo": "set-up",
}
OURS = ("segportal", "demo", "ledger", "customers", "memberships", "reviews")
PROGRAMS = ("/api/", "/v1/", "/ofrep/")
# What somebody would send who wants to change everything at once.
HOSTILE: dict[str, Any] = {
    "name": "Taken over", "meaning": "Taken over.", "label": "Taken over", "title": "Taken over", "key": "taken-over",
    "rule": "TRUE", "rule_text": "TRUE", "words": "everybody", "tier": "persona", "parent": None, "status": "retired",
    "state": "active", "version": 1, "base_version": 1, "objective": "loyalty", "successor": "occasional",
    "quorum": 1, "policy": {"quorum": 1}, "seats": {"marketing": ["owner"]}, "subject_types": ["segment"],
    "branches": [],
    "content": {"rule": "TRUE"}, "proposed": {"rule": "TRUE"}, "kind": "change", "type": "number", "approved": True,
    "subject": {"type": "segment", "key": "anchors"}, "rationale": "Because.", "reason": "Because.", "confirm": "yes",
    "verdict": "approve", "digest": "0" * 64, "function": "marketing", "username": "owner", "user": "owner",
    "target": 1, "target_on": "2030-01-01", "baseline": 0, "metric": "x", "owner": "owner", "definition": "Taken over.",
    "dimension": "value", "sensitivity": "public", "is_active": True, "is_superuser": True, "requests": [1], "ids": [1],
    "body": "Take it.", "field": "rule", "text": "TRUE", "until": "2030-01-01", "effective_at": None, "choices": {},
}  # fmt: skip


@pytest.fixture
def stage(grocer: SimpleNamespace) -> dict[str, Any]:
    """The company with a playbook, a request in review, one approved that waits, and somebody who holds every right."""
    execute_run(request_run(actor=grocer.steward, trigger="person").pk)
    enact_playbook(
        actor=SYSTEM,
        kind="create",
        segment_key="anchors",
        content=PLAYBOOK,
        rationale="They need one.",
        base_version=None,
        request_ref="set-up",
    )
    made = create_request(
        actor=grocer.owner,
        kind="change",
        subject_type="segment",
        subject_key="anchors",
        proposed={"rule": "orders_90d >= 9"},
        rationale="It is time.",
    )
    submit_request(actor=grocer.owner, request_id=made.pk)
    everything = grocer.administrator
    everything.is_superuser = everything.is_staff = True
    everything.save()
    for role in ("steward", "owner"):
        grant_role(actor=SYSTEM, user_id=everything.pk, role=role)
    seat_member(actor=everything, board_key="board", username=everything.username, function="product")
    return Numbers({"request_id": made.pk, "run_id": Run.objects.get().pk})


class Numbers(dict[str, Any]):
    """Numbers of things on the stage; whatever is not there has one that nothing has."""

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key, 999_999 if default is None else default)


class Guard:
    """Tells what changed of what is governed."""

    def __init__(self) -> None:
        self.before = self.seen()

    def seen(self) -> dict[str, str]:
        things = [
            " || ".join(
                f"(SELECT md5(coalesce(string_agg({_row(columns)}, chr(10) ORDER BY row.id), '')) FROM {table} row)"
                for table, columns in tables.items()
            )
            for tables in GUARDED.values()
        ]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(things)}")
            return dict(zip(GUARDED, cursor.fetchone(), strict=True))

    def changed(self) -> list[str]:
        after = self.seen()
        return [thing for thing in GUARDED if after[thing] != self.before[thing]]


def _row(columns: tuple[str, ...]) -> str:
    return "row::text" if columns == ("*",) else "concat_ws('|', " + ", ".join(f"row.{name}" for name in columns) + ")"


def right_of(way: str) -> str | None:
    fits = [right for beginning, right in ALLOWED.items() if way.startswith(beginning)]
    return fits[0] if fits else None


def body_for(path: str) -> tuple[bytes, str]:
    """Everything hostile at once: as JSON for a program's address, as a form for a page."""
    if path.startswith(PROGRAMS):
        return json.dumps(HOSTILE).encode(), "application/json"
    pairs = {name: value if isinstance(value, str) else json.dumps(value) for name, value in HOSTILE.items()}
    request = RequestFactory().post("/", pairs)
    return request.body, request.META["CONTENT_TYPE"]


def walked_addresses(stage: dict[str, Any], browser: Client, guard: Guard) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    broken: list[str] = []
    for name, path, methods in routes(stage):
        for method in methods:
            if method == "GET" and len(methods) > 1:
                continue
            way = f"api {method} {name}" if path.startswith(PROGRAMS) else f"page {name}"
            body, kind = body_for(path) if method != "GET" else (b"", "text/plain")
            with transaction.atomic():
                response = browser.generic(method, path, body, content_type=kind)
                if response.status_code >= 500:
                    broken.append(f"{way}: {response.status_code}")
                found[way] = sorted({*found.get(way, []), *guard.changed()})
                transaction.set_rollback(True)
    assert not broken, broken
    return found


def walked_tasks(guard: Guard) -> dict[str, list[str]]:
    """Every task, with nothing, and with the number of a fact that is none."""
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.tasks"):
            import_module(f"{config.name}.tasks")
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    found = {}
    # Not Celery's own, nor those that other tests have made.
    ours = [name for name, task in current_app.tasks.items() if not task.__module__.startswith(("celery", "tests"))]
    for name in sorted(ours):
        args = [] if name in scheduled else [999_999]
        with transaction.atomic():
            try:
                with transaction.atomic():
                    current_app.tasks[name].apply(args=args, throw=True)
            except (DomainError, TypeError, DatabaseError, LookupError):
                pass
            found[f"task {name}"] = guard.changed()
            transaction.set_rollback(True)
    return found


def test_every_way_to_write__walked_by_somebody_with_every_right__changes_only_what_it_may(
    grocer: SimpleNamespace, stage: dict[str, Any], client_of: Any
) -> None:
    guard = Guard()
    found = walked_addresses(stage, client_of(grocer.administrator), guard) | walked_tasks(guard)
    for name, model in sorted((model._meta.label, model) for model in admin.site._registry):
        request = RequestFactory().post("/")
        request.user = grocer.administrator
        site = admin.site._registry[model]
        may = [
            site.has_add_permission(request),
            site.has_change_permission(request),
            site.has_delete_permission(request),
        ]
        table = model._meta.db_table
        governed = [thing for thing, tables in GUARDED.items() if table in tables]
        found[f"admin {name}"] = governed if any(may) else []
    for name, app in get_commands().items():
        if app in {config.name for config in apps.get_app_configs()} and not str(app).startswith(
            ("django", "rest", "drf")
        ):
            found[f"command {name}"] = []
    for way, changed in found.items():
        assert not changed or right_of(way), f"{way} changes {changed}: by what right?"
    recorded = {way: {thing: (right_of(way) or "") for thing in changed} for way, changed in sorted(found.items())}
    if os.environ.get("RECORD_DOORS"):
        RECORDED.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n")
    held = json.loads(RECORDED.read_text())
    assert set(recorded) == set(held), "a way to write is new or gone: record it with RECORD_DOORS=1"
    assert recorded == held


def test_rights__named_in_the_registry__are_explained() -> None:
    assert set(ALLOWED.values()) <= set(BY_RIGHT)
