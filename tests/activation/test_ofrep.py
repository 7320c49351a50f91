"""The OpenFeature Remote Evaluation Protocol over real membership."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from memberships.services.execution import execute_run
from memberships.services.runs import request_run

pytestmark = pytest.mark.django_db

BULK = "/ofrep/v1/evaluate/flags"


def ask(client: Any, path: str, body: Any, **headers: str) -> Any:
    return client.post(path, json.dumps(body), content_type="application/json", headers=headers)


@pytest.fixture
def program(grocer: SimpleNamespace, api_of: Any) -> Any:
    execute_run(request_run(actor=grocer.steward, trigger="person").pk)
    return api_of(grocer.rep, scopes=("read",))


def context(customer: str) -> dict[str, Any]:
    return {"context": {"targetingKey": customer}}


def test_flag__member__is_on_with_version_and_run(program: Any) -> None:
    answer = ask(program, f"{BULK}/anchors", context("hh-01")).json()
    assert (answer["key"], answer["value"], answer["variant"], answer["reason"]) == (
        "anchors",
        True,
        "member",
        "TARGETING_MATCH",
    )
    assert answer["metadata"]["version"] == 1


def test_flag__not_a_member_or_unknown__is_off(program: Any) -> None:
    for customer in ("hh-05", "nobody"):
        answer = ask(program, f"{BULK}/anchors", context(customer)).json()
        assert (answer["value"], answer["reason"]) == (False, "DEFAULT")


def test_flag__unknown_segment__is_not_found_in_the_protocols_form(program: Any) -> None:
    answer = ask(program, f"{BULK}/nothing", context("hh-01"))
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "FLAG_NOT_FOUND")
    assert answer.json()["errorDetails"]


@pytest.mark.parametrize(
    ("body", "code"),
    [({}, "INVALID_CONTEXT"), ({"context": {}}, "TARGETING_KEY_MISSING"), ([], "INVALID_CONTEXT")],
)
def test_flag__no_customer_named__says_what_is_missing(program: Any, body: Any, code: str) -> None:
    answer = ask(program, f"{BULK}/anchors", body)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, code)


def test_flags__asked_again_unchanged__answers_304(program: Any) -> None:
    first = ask(program, BULK, context("hh-02"))
    on = {flag["key"] for flag in first.json()["flags"] if flag["value"]}
    assert on == {"households", "anchors", "anchor-families"}
    assert ask(program, BULK, context("hh-02"), **{"If-None-Match": first["ETag"]}).status_code == 304
    assert ask(program, BULK, context("hh-03"), **{"If-None-Match": first["ETag"]}).status_code == 200


def test_flags__without_token_or_right__are_refused(grocer: SimpleNamespace, client: Any, api_of: Any) -> None:
    assert ask(client, BULK, context("hh-01")).status_code == 401
    assert ask(api_of(grocer.learner), BULK, context("hh-01")).status_code == 403
    assert ask(api_of(grocer.steward, scopes=("ingest",)), BULK, context("hh-01")).status_code == 403
