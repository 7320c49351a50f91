"""The check “What it changes” that the board signs, and the region of the request's page."""

from types import SimpleNamespace
from typing import Any

from django.urls import reverse

from common.actors import SYSTEM
from customers.services.attributes import define_attribute
from reviews.models import ChangeRequest, Impact, Revision
from reviews.services.requests import create_request
from tests.reviews.conftest import proposed_change, submitted


def check_of(request: ChangeRequest) -> dict[str, str]:
    """The check as it stands with the current revision."""
    checks = Revision.objects.get(request_id=request.pk, number=request.revision).checks
    [found] = [check for check in checks if check["name"] == "What it changes"]
    return dict(found)


CLASSES = [
    ("NOT (spend < 1000)", "pass", "No effect: only the way it is written differs; every possible customer"),
    ("spend >= 1000 AND spend > 5", "pass", "No effect: a condition on yearly spend was added"),
    ("spend >= 2000", "pass", "Narrower: “yearly spend of at least 1000 USD” became"),
    ("spend >= 1000 OR coupons > 9", "pass", "Wider: an alternative on coupons redeemed was added"),
    ("spend >= 2000 OR coupons > 9", "pass", "Shifted: "),
    ("spend < 1000", "warn", "Unrelated: “yearly spend of at least 1000 USD” became"),
]


def test_check__each_class__is_said_with_its_clause(cast: SimpleNamespace, live_segment: str) -> None:
    for rule, status, beginning in CLASSES:
        check = check_of(proposed_change(cast.owner, rule=rule))
        assert (check["status"], check["reason"][: len(beginning)]) == (status, beginning)
        assert check["reason"].endswith("Proved for all possible customers.")
        assert ("another group under the same name" in check["remedy"]) is (status == "warn")


def test_check__submitted__is_among_those_that_the_board_signs(cast: SimpleNamespace, live_segment: str) -> None:
    request = submitted(cast.owner, proposed_change(cast.owner))
    signed = Impact.objects.get(request_id=request.pk, revision__number=request.revision)
    assert check_of(request) in signed.checks


def test_check__rename__has_no_effect(cast: SimpleNamespace, live_segment: str) -> None:
    request = create_request(
        actor=cast.owner,
        kind="rename",
        subject_type="segment",
        subject_key=live_segment,
        proposed={"name": "Full baskets"},
        rationale="Nobody says big.",
        expected="",
    )
    assert check_of(request)["reason"].startswith("No effect: the rule says the same; ")


def test_check__new_segment__has_nothing_to_compare(draft: ChangeRequest) -> None:
    checks = Revision.objects.get(request_id=draft.pk).checks
    assert "What it changes" not in [check["name"] for check in checks]


def test_check__beyond_the_prover__undecided_is_no_pass(
    cast: SimpleNamespace, live_segment: str, client_of: Any
) -> None:
    for key in ("note", "remark"):
        content = {"label": key.capitalize(), "type": "text", "dimension": "value", "sensitivity": "public"}
        define_attribute(actor=SYSTEM, key=key, content=content)
    request = proposed_change(cast.owner, rule="spend >= 1000 OR LOWER(note) = remark AND remark = 'A'")
    check = check_of(request)
    assert check["status"] == "warn" and check["reason"].startswith(
        "Undecided: an alternative on note and remark was added"
    )
    assert "No effect" not in check["reason"] and "Proved" not in check["reason"] and check["remedy"]
    text = client_of(cast.owner).get(reverse("reviews:request-meaning", args=[request.pk])).content.decode()
    assert "Not proved" in text and "Undecided is not" in text and "Nothing" not in text and "No effect" not in text


def test_request_meaning__every_reader__sees_the_class(
    cast: SimpleNamespace, live_segment: str, client_of: Any
) -> None:
    request = submitted(cast.owner, proposed_change(cast.owner, rule="spend > 1000"))
    address = reverse("reviews:request-meaning", args=[request.pk])
    for person in (cast.owner, cast.marketing_member, cast.viewer, cast.rep, cast.steward):
        client = client_of(person)
        assert address in client.get(f"/requests/{request.pk}/?tab=changes").content.decode()
        text = client.get(address).content.decode()
        assert "Narrower" in text and "only the boundary changed" in text and "Only in the proposal" in text


def test_request_meaning__new_segment__has_no_panel_and_says_why(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: Any
) -> None:
    client = client_of(cast.owner)
    address = reverse("reviews:request-meaning", args=[in_review.pk])
    assert address not in client.get(f"/requests/{in_review.pk}/?tab=changes").content.decode()
    assert "There is no rule here to compare" in client.get(address).content.decode()


def test_request_meaning__draft_of_another__is_not_found(
    cast: SimpleNamespace, live_segment: str, client_of: Any
) -> None:
    draft = proposed_change(cast.owner, rule="spend > 1000")
    assert client_of(cast.rep).get(reverse("reviews:request-meaning", args=[draft.pk])).status_code == 404
