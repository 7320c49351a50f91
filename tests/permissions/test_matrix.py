"""Who may what, on every address: the answers are held in matrix.json, and a new address without a row fails.

After a change on purpose: RECORD_PERMISSIONS=1 pytest tests/permissions, then read the difference.
"""

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from activation.services import announce_version
from common.clock import now
from insights.services import report_misclassification
from memberships.models import Run
from memberships.services.execution import execute_run
from memberships.services.exports import request_export
from memberships.services.lists import keep_list
from memberships.services.runs import request_run
from reviews.models import ChangeRequest
from reviews.services.requests import create_request, submit_request
from taxonomy.services.equivalences import offer_equivalence
from tests.permissions.aims import stand_aims
from tests.permissions.boards_at_work import stand_boards
from tests.permissions.routes import routes
from tests.stewardship.stage import stand_upkeep
from tests.taxonomy.words_stage import enact_words

MATRIX = Path(__file__).with_name("matrix.json")
PEOPLE = ("stranger", "learner", "viewer", "rep", "owner", "marketing_member", "steward", "administrator", "auditor")
# Opened by the secret in the link alone: who has none finds nothing.
FOR_OUTSIDERS = {"reviews:outside"}
# Refused for want of right or sight; everything else means that the person was let through to the deed.
REFUSED = {401, 403, 404}


@pytest.fixture
def stage(grocer: SimpleNamespace) -> dict[str, Any]:
    execute_run(request_run(actor=grocer.steward, trigger="person").pk)
    made = create_request(
        actor=grocer.owner,
        kind="change",
        subject_type="segment",
        subject_key="anchors",
        proposed={"rule": "orders_90d >= 9"},
        rationale="It is time.",
        expected="More calls.",
    )
    submit_request(actor=grocer.owner, request_id=made.pk)
    report = report_misclassification(
        actor=grocer.rep, external_id="hh-01", segment_key="anchors", claim="out", why="They moved away."
    )
    told = announce_version(
        entry_id=1, at=now(), segment_key="anchors", version_number=1, is_new=True, request_ref="set-up"
    )
    assert told is not None
    enact_words()
    joined = offer_equivalence(
        actor=grocer.owner,
        left="lead",
        right="opportunity",
        left_function="marketing",
        right_function="sales",
        kind="hand_off",
        rule="Once it has named a budget.",
    )
    upkeep = stand_upkeep(grocer)
    return {
        **upkeep,
        **stand_boards(grocer),
        **stand_aims(grocer),
        "equivalence_id": joined.pk,
        "announcement_id": told.pk,
        "request_id": ChangeRequest.objects.get().pk,
        "run_id": Run.objects.get().pk,
        "job_id": 999_999,
        "report_id": report.pk,
        "list_id": (kept := keep_list(actor=grocer.rep, name="Kept", expression="anchors")).pk,
        "other_id": kept.pk,
        "export_id": request_export(actor=grocer.rep, what={"of": "list", "list": kept.pk}, format="csv").pk,
    }


def answer(client: Client, method: str, path: str) -> str:
    """`yes`, `no` or `-` (the address does not take the method); whatever it did is undone."""
    with transaction.atomic():
        response = client.generic(method, path, b"{}", content_type="application/json")
        transaction.set_rollback(True)
    assert response.status_code < 500, f"{method} {path}: {response.status_code}"
    return "no" if response.status_code in REFUSED else "-" if response.status_code == 405 else "yes"


@pytest.mark.timeout(600)
@pytest.mark.django_db
def test_every_address__for_every_role__answers_as_recorded(
    grocer: SimpleNamespace, stage: Any, client_of: Any
) -> None:
    browsers = {name: client_of(getattr(grocer, name)) for name in PEOPLE}
    found: dict[str, dict[str, str]] = {}
    for name, path, methods in routes(stage):
        for method in methods:
            allowed = [person for person, browser in browsers.items() if answer(browser, method, path) == "yes"]
            found[f"{method} {name}"] = " ".join(allowed) if len(allowed) < len(PEOPLE) else "everybody"
    if os.environ.get("RECORD_PERMISSIONS"):
        MATRIX.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    recorded = json.loads(MATRIX.read_text())
    assert found == recorded


@pytest.mark.parametrize("who", ["nobody", "deactivated"])
@pytest.mark.django_db
def test_every_address__without_a_live_account__is_closed(
    grocer: SimpleNamespace, stage: Any, client_of: Any, who: str
) -> None:
    client = Client() if who == "nobody" else client_of(grocer.deactivated)
    for name, path, methods in routes(stage):
        response = client.generic(methods[0], path, b"{}", content_type="application/json")
        to_sign_in = response.status_code == 302 and response["Location"].startswith("/accounts/login/")
        no_such_link = name in FOR_OUTSIDERS and response.status_code == 404
        assert to_sign_in or no_such_link or response.status_code in (401, 403), f"{name}: {response.status_code}"
