"""Every way to write is walked by somebody who holds every right, with bodies that name every guarded field.

With that alone nothing that is governed may change. What the ways to set up change with all that they ask for is tried
here too; what votes, dates and broken glass open is tried in test_insider. All of it is held in `segportal/doors.json`,
which the portal shows. A way that is new, or that changes something else, fails. After a change on purpose:
RECORD_DOORS=1 pytest tests/consent, then read the difference.
"""

import json
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
from django.db import DatabaseError, transaction
from django.test import Client, RequestFactory

from accounts.services import grant_role
from common.actors import SYSTEM
from common.errors import DomainError
from memberships.models import Run
from memberships.services.execution import execute_run
from memberships.services.runs import request_run
from playbooks.services.enactment import enact_playbook
from reviews.choices import SubjectType
from reviews.services.boards import define_board, seat_member
from reviews.services.requests import create_request, submit_request
from segportal.doors import BY_RIGHT, GUARDED
from tests.consent.walking import (
    PROGRAMS,
    Found,
    Guard,
    Numbers,
    assert_recorded,
    assert_ways_recorded,
    undone,
)
from tests.flows.test_story_api import PLAYBOOK
from tests.permissions.routes import routes

BOARD_FORM = {
    "name": "Board", "subject_types": ["segment"], "quorum": "1", "reject_on": "any", "expires_days": "30",
    "rationale": "Quicker.",
}  # fmt: skip
OBJECTIVE = {
    "name": "Loyalty", "kind": "retention", "metric": "Share kept", "unit": "%", "baseline": 91, "target": 80,
    "target_on": "2030-01-01", "owner": "owner",
}  # fmt: skip
ATTRIBUTE = {
    "label": "Another",
    "type": "text",
    "dimension": "demographic",
    "sensitivity": "special",
    "grain": "account",
}

ATTRIBUTE_FORM = {**ATTRIBUTE, "grain": "account"}

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

# Ways to set up, with what they take -> what they change as long as no board decides about it, and by what right.
SET_UP: dict[str, tuple[dict[str, Any], str, str]] = {
    "api PUT api-board": ({"name": "Board", "policy": {"quorum": 1}}, "boards", "set-up"),
    "page reviews:board-edit": ({**BOARD_FORM}, "boards", "set-up"),
    "page reviews:board-new": ({**BOARD_FORM, "key": "another", "branches": "occasional"}, "boards", "set-up"),
    "page reviews:board-seat": ({"username": "viewer", "function": "product"}, "boards", "set-up"),
    "page reviews:board-unseat": ({"username": "finance_member"}, "boards", "set-up"),
    "api PUT api-objective": (OBJECTIVE, "objectives", "set-up"),
    "page taxonomy:objective-edit": (OBJECTIVE, "objectives", "set-up"),
    "page taxonomy:objective-new": ({**OBJECTIVE, "key": "another"}, "objectives", "set-up"),
    "api PUT api-attribute": (ATTRIBUTE, "attributes in use", "unused"),
    "page customers:attribute-edit": (ATTRIBUTE_FORM, "attributes in use", "unused"),
    "page customers:attribute-new": (
        {**ATTRIBUTE_FORM, "key": "another"},
        "attributes in use",
        "unused",
    ),
}
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


def encoded(path: str, given: dict[str, Any]) -> tuple[bytes, str]:
    """All of it at once: as JSON for a program's address, as a form for a page."""
    if path.startswith(PROGRAMS):
        return json.dumps(given).encode(), "application/json"
    pairs = {name: value if isinstance(value, str | list) else json.dumps(value) for name, value in given.items()}
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
            body, kind = encoded(path, HOSTILE) if method != "GET" else (b"", "text/plain")
            with undone():
                response = browser.generic(method, path, body, content_type=kind)
                if response.status_code >= 500:
                    broken.append(f"{way}: {response.status_code}")
                found[way] = sorted({*found.get(way, []), *guard.changed()})
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
        with undone():
            try:
                with transaction.atomic():
                    current_app.tasks[name].apply(args=args, throw=True)
            except (DomainError, TypeError, DatabaseError, LookupError):
                pass
            found[f"task {name}"] = guard.changed()
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
    changing = {way: changed for way, changed in found.items() if changed}
    for way, changed in changing.items():
        assert way in SET_UP and changed == [SET_UP[way][1]], f"{way} changes {changed}: by what right?"
    assert_ways_recorded(set(found))


def set_up(stage: dict[str, Any], browser: Client, attribute: str) -> Found:
    """What each way to set up changed, taken with all that it asks for; of attributes the named one is meant."""
    guard, found = Guard(), {}
    for name, path, methods in routes(stage):
        for method in methods:
            way = f"api {method} {name}" if path.startswith(PROGRAMS) else f"page {name}"
            if way not in SET_UP or method == "GET":
                continue
            given, thing, right = SET_UP[way]
            body, kind = encoded(path, given)
            with undone():
                path = path.replace("orders_90d", attribute)
                assert browser.generic(method, path, body, content_type=kind).status_code < 500, way
                if changed := guard.changed():
                    assert changed == [thing], f"{way} changes {changed}"
                    found[way] = {thing: right}
    return found


def test_ways_to_set_up__with_all_that_they_ask_for__are_open_until_a_board_decides_or_a_rule_reads_it(
    grocer: SimpleNamespace, stage: dict[str, Any], client_of: Any
) -> None:
    browser = client_of(grocer.administrator)
    given = {"actor": SYSTEM, "key": "board", "name": "Segmentation board", "policy": {"quorum": 2}}
    define_board(**given, subject_types=["segment", "playbook", "attribute"])
    all_open: Found = {way: {thing: right} for way, (_, thing, right) in SET_UP.items()}
    assert set_up(stage, browser, "household_note") == all_open
    in_use = {"api PUT api-attribute", "page customers:attribute-edit"}
    assert set_up(stage, browser, "orders_90d").keys() == all_open.keys() - in_use
    define_board(**given, subject_types=list(SubjectType.values))
    assert set_up(stage, browser, "orders_90d").keys() == {"page customers:attribute-new"}
    assert_recorded(all_open, {"set-up", "unused"})


def test_rights__named_in_the_registry__are_explained() -> None:
    assert {right for _, _, right in SET_UP.values()} | {"votes", "due", "emergency"} == set(BY_RIGHT)
