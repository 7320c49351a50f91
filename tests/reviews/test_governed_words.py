"""Terms, metrics and guidelines through the one door."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.errors import Conflict, Invalid
from reviews.models import ChangeRequest
from reviews.services.requests import create_request
from taxonomy.models import Definition, DefinitionVersion
from taxonomy.selectors.definitions import guideline, live_definition, metric, term
from tests.reviews.conftest import submitted, vote

pytestmark = pytest.mark.django_db

LEAD = {"name": "Lead", "definition": "A household that has asked us to call, and whom nobody has called yet."}


def proposed(
    actor: Any, content: dict[str, Any], *, type: str = "term", kind: str = "create", key: str = "lead"
) -> Any:
    return create_request(
        actor=actor, kind=kind, subject_type=type, subject_key=key, proposed=content, rationale="Two teams differ."
    )


def decided(cast: SimpleNamespace, request: ChangeRequest) -> ChangeRequest:
    submitted(request.author, request)
    vote(cast.marketing_member, request)
    vote(cast.sales_member, request)
    request.refresh_from_db()
    return request


def enacted(cast: SimpleNamespace, content: dict[str, Any], **more: Any) -> ChangeRequest:
    return decided(cast, proposed(cast.owner, content, **more))


def test_term__approved_with_name_and_definition_only__is_in_force(cast: SimpleNamespace, board: Any) -> None:
    request = enacted(cast, LEAD)

    assert request.state == "applied" and request.applied_version == 1
    found = term("lead")
    assert found is not None and (found.name, found.version, found.definition) == ("Lead", 1, LEAD["definition"])


def test_term__changed_renamed_and_taken_back__keeps_every_version(cast: SimpleNamespace, board: Any) -> None:
    enacted(cast, LEAD)
    enacted(cast, {"definition": "A household that has asked for a call."}, kind="change")
    enacted(cast, {"name": "Fresh lead"}, kind="rename")
    enacted(cast, {"version": 1}, kind="revert")

    found = live_definition("term", "lead")
    assert found is not None and (found.version, found.name, found.definition) == (4, "Lead", LEAD["definition"])
    states = DefinitionVersion.objects.order_by("number").values_list("state", flat=True)
    assert list(states) == ["superseded", "superseded", "superseded", "active"]


def test_term__deprecated_then_retired_with_a_successor__sends_readers_on(cast: SimpleNamespace, board: Any) -> None:
    enacted(cast, LEAD)
    enacted(cast, {"name": "Prospect", "definition": "Somebody who may become a customer."}, key="prospect")
    enacted(cast, {"successor": "prospect"}, kind="deprecate")
    deprecated = term("lead")
    assert deprecated is not None and (deprecated.status, deprecated.successor) == ("deprecated", "prospect")

    request = enacted(cast, {"successor": "prospect"}, kind="retire")

    assert request.state == "applied" and term("lead") is None
    assert Definition.objects.get(key="lead").status == "retired"
    with pytest.raises(Conflict, match="Keys are never used twice"):
        proposed(cast.owner, LEAD)


def test_term__deprecated_and_changed_again__counts_in_full(cast: SimpleNamespace, board: Any) -> None:
    enacted(cast, LEAD)
    enacted(cast, {}, kind="deprecate")
    enacted(cast, {"definition": "A household that waits for our call."}, kind="change")

    found = term("lead")
    assert found is not None and (found.status, found.version) == ("active", 2)


def test_spelling_of_another_live_word__is_refused_and_names_it(cast: SimpleNamespace, board: Any) -> None:
    enacted(cast, {**LEAD, "avoid": ["hot name"]})

    for content, pointer in (
        ({"name": "LEAD", "definition": "Something else."}, "/proposed/name"),
        ({"name": "Prospect", "definition": "Else.", "synonyms": ["lead"]}, "/proposed/synonyms/0/word"),
        ({"name": "Prospect", "definition": "Else.", "avoid": ["Lead"]}, "/proposed/avoid/0"),
        ({"name": "Hot name", "definition": "Else."}, "/proposed/name"),
    ):
        with pytest.raises(Invalid, match="Lead") as refused:
            proposed(cast.owner, content, key="prospect")
        assert [error["pointer"] for error in refused.value.errors] == [pointer]


def test_word_near_another__in_spelling_or_meaning__is_flagged_with_both_definitions(
    cast: SimpleNamespace, board: Any
) -> None:
    enacted(cast, LEAD)
    for key, content, reason in (
        ("leads", {"name": "Leads", "definition": "Whoever waits."}, "written nearly"),
        ("enquiry", {"name": "Enquiry", "definition": LEAD["definition"]}, "nearly the same"),
    ):
        request = proposed(cast.owner, content, key=key)

        (check,) = [each for each in _checks(request) if each["name"] == "Competing definitions"]
        assert check["status"] == "warn" and reason in check["reason"]
        assert LEAD["definition"] in check["reason"] and content["definition"] in check["reason"]


def test_two_new_words_of_one_spelling__the_second_to_be_approved_turns_stale(
    cast: SimpleNamespace, board: Any
) -> None:
    first = proposed(cast.owner, LEAD)
    second = proposed(cast.owner, {**LEAD, "definition": "Another."}, key="sales-lead")
    decided(cast, first)

    with pytest.raises(Invalid, match="already"):
        decided(cast, second)

    assert term("sales-lead") is None


def test_content_of_wrong_shape__is_refused_where_it_stands_in_the_proposal(cast: SimpleNamespace, board: Any) -> None:
    for content, pointer in (
        ({"definition": "Without a name."}, "/proposed/name"),
        ({**LEAD, "colour": "red"}, "/proposed/colour"),
        ({**LEAD, "owner": "nobody-at-all"}, "/proposed/owner"),
        ({**LEAD, "synonyms": [{"word": 7}]}, "/proposed/synonyms/0/word"),
    ):
        with pytest.raises(Invalid) as refused:
            proposed(cast.owner, content)
        assert pointer in [error["pointer"] for error in refused.value.errors]


def test_metric_and_guideline__approved__are_read_by_key(cast: SimpleNamespace, board: Any) -> None:
    content = {"name": "Share kept", "definition": "Those still there.", "unit": "%", "window": "90 days"}
    enacted(cast, content, type="metric", key="share-kept")
    questions = [{"text": "Does it keep anybody out?"}, {"key": "age", "text": "By age?", "needs_reason_when": "no"}]
    fair = {"name": "Fair", "definition": "Be fair.", "questions": questions}
    enacted(cast, fair, type="guideline", key="ethics")

    found, rules = metric("share-kept"), guideline()
    assert found is not None and found.content["unit"] == "%"
    assert rules is not None and (rules.version, rules.text) == (1, "Be fair.")
    assert [(row["key"], row["needs_reason_when"]) for row in rules.questions] == [
        ("does-it-keep-anybody-out", "yes"),
        ("age", "no"),
    ]


def test_request_through_the_api__with_plain_words__is_created(
    cast: SimpleNamespace, board: Any, api_of: Callable[..., Client]
) -> None:
    body = {
        "kind": "create", "subject": {"type": "term", "key": "lead"}, "proposed": {**LEAD, "synonyms": ["enquiry"]},
        "rationale": "Two teams differ.",
    }  # fmt: skip
    answer = api_of(cast.owner).post(reverse("api-change-requests"), json.dumps(body), content_type="application/json")

    assert answer.status_code == 201, answer.content
    assert answer.json()["proposed"]["synonyms"] == [{"word": "enquiry", "team": ""}]


def test_forms__for_each_kind_of_word__write_a_request(
    cast: SimpleNamespace, board: Any, client_of: Callable[[Any], Client]
) -> None:
    client, new = client_of(cast.owner), reverse("reviews:request-new")
    for number, type in enumerate(("term", "metric", "guideline")):
        given = {
            "key": "lead", **LEAD, "name": f"Lead {number}", "text": "Be fair.", "questions": "age: By age? | no",
            "synonyms": f"enquiry {number}: Desk", "owner": "owner", "function": "sales", "rationale": "Two differ.",
        }  # fmt: skip
        assert client.get(f"{new}?type={type}&kind=create").status_code == 200

        answer = client.post(f"{new}?type={type}&kind=create", given)

        assert answer.status_code == 302, answer.content.decode()
        request = ChangeRequest.objects.latest("pk")
        assert (request.subject_type, request.proposed["owner"]) == (type, "owner")
        decided(cast, request)
        for kind in ("change", "deprecate", "retire", "revert"):
            assert client.get(f"{new}?type={type}&kind={kind}&key=lead&version=1").status_code == 200
    assert client.get(reverse("reviews:request", args=[request.pk]) + "?tab=impact").status_code == 200


def _checks(request: ChangeRequest) -> list[dict[str, str]]:
    return list(request.revisions.latest("number").checks)
