"""Every way about a request is walked by somebody who holds nearly all that it takes, as a clever insider would.

The stances say what they hold. Each way is tried with everything that the form or call takes and with whatever else one
might set, the open ones with a double click, and must change what is governed only where it is named as open.
"""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory

from common.clock import now
from reviews.choices import SubjectType
from reviews.services.boards import define_board
from reviews.services.requests import create_request, submit_request
from segportal.doors import GUARDED
from tests.aims.conftest import JOURNEY
from tests.conftest import consent_triggers
from tests.consent.stage import WHY, Stage, Stance
from tests.consent.stances import STANCES, VOTES
from tests.consent.walking import PROGRAMS, Found, Guard, Numbers, assert_recorded, end_of_transaction, undone
from tests.flows.test_story_api import BRIEF, PLAYBOOK
from tests.permissions.routes import routes

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

ABOUT = {"request_id", "item_id", "meeting_id", "token"}
"""Arguments of the addresses that are about a request."""
# The ways that decide or put into effect: tried from every stance. The others are tried from the wide ones.
STRONG = {
    "page reviews:request-vote", "page reviews:light-decide", "page reviews:request-apply", "page reviews:outside",
    "page reviews:request-break-glass", "page reviews:request-retro", "page meetings:item-vote",
    "page meetings:consent", "api POST api-meeting-item-votes", "api POST api-meeting-consent",
    "api POST api-change-request-votes", "api POST api-change-request-apply", "api POST api-change-request-retro",
    "api POST api-change-request-break-glass", "api POST api-change-request-submit",
}  # fmt: skip
TASKS = ("reviews.apply_due", "reviews.expire_requests", "reviews.watch_emergencies", "reviews.remind")
# What calls take; an address that is not named takes an empty body.
TAKES = {
    "PATCH api-change-request": ("proposed",),
    "POST api-change-request-votes": ("verdict", "reason", "digest", "delegation"),
    "POST api-change-request-schedule": ("effective_at",),
    "POST api-change-request-rebase": ("choices",),
    "POST api-change-request-arm": ("reason", "digest"),
    "POST api-change-request-break-glass": ("digest",),
    "POST api-change-request-retro": ("verdict", "notes"),
    "POST api-change-request-comments": ("body",),
    "POST api-change-request-suggestions": ("field", "proposed"),
    "POST api-change-request-declarations": ("kind", "reason"),
    "POST api-change-request-invitations": ("name", "email"),
    "POST api-meeting-item-votes": ("verdict", "reason", "digest"),
    "POST api-meeting-item-move": ("move", "reason"),
    "POST api-meeting-item-notes": ("text",),
    "POST api-meeting-attendance": ("presence",),
    "POST api-meeting-consent": ("picks",),
}
# What nobody sets, whatever they send.
NEVER = {
    "state": "approved", "decided_at": "2020-01-01T00:00:00Z", "applied_at": "2020-01-01T00:00:00Z", "approved": True,
    "is_emergency": True, "applied_version": 9, "revision": 1, "version": 1, "author": "nobody", "author_id": 1,
    "board": "none", "requirement": {"quorum": 0}, "quorum": 0, "voter": "marketing_member", "function": "marketing",
    "seat": 1, "voided_at": None, "cast_at": "2020-01-01T00:00:00Z", "used_at": "2020-01-01T00:00:00Z",
    "lock_version": None, "meeting_id": 1, "actor": "marketing_member", "user": "marketing_member",
}  # fmt: skip


class Watch:
    """What is governed, and how many requests are approved: before, and after each try."""

    def __init__(self) -> None:
        self.guard, self.before = Guard(), self.counted()

    def counted(self) -> tuple[int, int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM reviews_changerequest WHERE state IN ('approved', 'applied')),"
                " (SELECT count(*) FROM taxonomy_segmentversion)"
            )
            approved, versions = cursor.fetchone()
            return approved, versions

    def found(self) -> list[str]:
        """What changed; of the requests, whether more of them are approved, of the versions, whether two came."""
        approved, versions = self.counted()
        more = ["approvals"] if approved > self.before[0] else []
        twice = ["a version twice"] if versions > self.before[1] + 1 else []
        return [*self.guard.changed(), *more, *twice]


@pytest.fixture
def stage(grocer: SimpleNamespace, client_of: Any) -> Stage:
    """The stage, with the guards of consent switched on as they are everywhere but in tests."""
    end_of_transaction()
    with connection.cursor() as cursor:
        for table, trigger in consent_triggers():
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
    current_app.loader.import_default_modules()
    return Stage(grocer, client_of)


def said(stance: Stance) -> dict[str, Any]:
    """All that a form or call might take, right where the insider knows it."""
    numbers = [number for number in (stance.request.pk, stance.ids.get("item_id")) if number]
    picks = [f"{number}:{stance.digest}" for number in numbers]
    return {
        "verdict": "approve", "digest": stance.digest, "reason": WHY, "notes": WHY, "body": WHY, "text": WHY,
        "proposed": {"rule": "TRUE"}, "field": "expected", "effective_at": None, "choices": {"rule": "proposed"},
        "kind": "conflict", "name": "Pal", "email": "pal@example.org", "pick": picks,
        "picks": [{"item": number, "digest": stance.digest} for number in numbers], "move": "take_up",
        "presence": "present", "confirm": "yes", "rationale": WHY, **stance.fields,
    }  # fmt: skip


def body_of(way: str, name: str, method: str, stance: Stance) -> tuple[bytes, str]:
    given = said(stance)
    if name.endswith("retro") and "verdict" not in stance.fields:
        given["verdict"] = "confirmed"
    if way.startswith("api"):
        takes = {word: given[word] for word in TAKES.get(f"{method} {name}", ()) if word in given}
        if name.endswith("suggestions"):
            takes["proposed"] = "Other words."
        return json.dumps(takes).encode(), "application/json"
    form = {word: value if isinstance(value, str | list) else json.dumps(value) for word, value in given.items()}
    form["effective_at"] = "2020-01-01T00:00"
    spread = {word: value if isinstance(value, str) else json.dumps(value) for word, value in NEVER.items()}
    request = RequestFactory().post("/", {**spread, **form})
    return request.body, request.META["CONTENT_TYPE"]


def is_about(name: str, wanted: list[str]) -> bool:
    """Whether the address is about a request."""
    return name == "reviews:light-decide" or bool(ABOUT & set(wanted))


def ways(stance: Stance) -> Iterator[tuple[str, str, str, str]]:
    """(way, name, method, path) of everything that writes and is about a request."""
    for name, path, methods in routes(Numbers(stance.ids), is_about):
        for method in set(methods) - {"GET"}:
            way = f"api {method} {name}" if path.startswith(PROGRAMS) else f"page {name}"
            if stance.is_wide or way in STRONG:
                yield way, name, method, path


def tried(client: Client, path: str, method: str, body: tuple[bytes, str], clicks: int) -> int:
    """The worst status of as many clicks at once."""
    cache.clear()
    answers = [client.generic(method, path, body[0], content_type=body[1]).status_code for _ in range(clicks)]
    end_of_transaction()
    return max(answers)


def walked(stance: Stance, name_of_stance: str) -> dict[str, list[str]]:
    """Each way -> what changed when the insider took it."""
    client, watch = stance.enter(), Watch()
    found: dict[str, list[str]] = {}
    for way, name, method, path in ways(stance):
        with undone():
            clicks = 2 if way in stance.open else 1
            status = tried(client, path, method, body_of(way, name, method, stance), clicks)
            assert status < 500, f"{name_of_stance}: {way} answers {status}"
            found[way] = watch.found()
    for task in TASKS if stance.is_wide or stance.later else ():
        with undone():
            for _ in range(2):
                current_app.tasks[task].apply(throw=True)
            end_of_transaction()
            found[f"task {task}"] = watch.found()
    return found


# What is governed -> kind, type, key and content of a request about it.
SUBJECTS: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "attributes in use": ("change", "attribute", "orders_90d", {"label": "Orders in 90 days"}),
    "terms, metrics, guideline": (
        "create",
        "term",
        "basket",
        {"name": "Basket", "definition": "One visit."},
    ),
    "objectives": ("change", "objective", "loyalty", {"target": 95}),
    "playbooks": ("create", "playbook", "anchors", PLAYBOOK),
    "briefs": ("create", "brief", "anchors", BRIEF),
    "journeys": ("create", "journey", "regular", JOURNEY),
    "boards": ("change", "board", "board", {"description": "Decides what everything means."}),
}


def last_votes(stage: Stage, thing: str) -> dict[str, list[str]]:
    """What each way to vote changed as the last vote on a request about that thing."""
    kind, subject_type, key, content = SUBJECTS[thing]
    people = stage.people
    made = create_request(
        actor=people.steward, kind=kind, subject_type=subject_type, subject_key=key, proposed=content, rationale=WHY
    )
    submit_request(actor=people.steward, request_id=made.pk)
    stage.vote(people.marketing_member, made)
    stance = stage.stands(made)
    client, watch = stance.enter(), Watch()
    found = {}
    for way, name, method, path in ways(stance):
        if way in VOTES:
            with undone():
                tried(client, path, method, body_of(way, name, method, stance), 2)
                found[way] = watch.found()
    return found


def test_calls_about_a_request__with_fields_that_nobody_sets__are_refused(stage: Stage) -> None:
    stance = stage.stands(stage.short(), is_wide=True)
    client = stance.enter()
    takes = [(way, name, method, path) for way, name, method, path in ways(stance) if way.startswith("api POST")]
    assert len(takes) > 12
    for way, name, method, path in takes:
        body, kind = body_of(way, name, method, stance)
        answer = client.generic(method, path, json.dumps(NEVER | json.loads(body)), content_type=kind)
        if answer.status_code != 404:
            named = {error["pointer"].removeprefix("/") for error in answer.json()["errors"]}
            assert answer.status_code == 400 and named == NEVER.keys() - json.loads(body).keys(), way


def council(stage: Stage) -> None:
    """From now on the board decides about boards too."""
    policy = {"quorum": 2, "required": {"marketing": 1, "sales": 1}}
    types = list(SubjectType.values)
    admin = stage.people.administrator
    define_board(actor=admin, key="board", name="Segmentation board", policy=policy, subject_types=types)


def test_every_way_about_a_request__walked_by_a_clever_insider__is_open_to_who_holds_its_right_alone(
    stage: Stage,
) -> None:
    found: Found = {}
    wrong: list[str] = []
    for name, stand in STANCES.items():
        with undone():
            stance = stand(stage)
            end_of_transaction()
            with time_machine.travel(now() + stance.later, tick=True):
                changed = {way: what for way, what in walked(stance, name).items() if what}
        # What is due was approved before.
        expected = {
            way: ["approvals", "segments"] if right != "due" else ["segments"] for way, right in stance.open.items()
        }
        if {way: sorted(what) for way, what in changed.items()} != expected:
            wrong.append(f"{name}: {changed}; expected {expected}")
        for way, right in stance.open.items():
            found.setdefault(way, {})["segments"] = right
    council(stage)
    for thing in SUBJECTS:
        with undone():
            for way, what in last_votes(stage, thing).items():
                if thing not in what or "approvals" not in what:
                    wrong.append(f"{way} about {thing} changes {what}")
                found[way] |= {each: "votes" for each in what if each in GUARDED}
    assert not wrong, "\n".join(wrong)
    assert_recorded(found, {"votes", "due", "emergency"})
