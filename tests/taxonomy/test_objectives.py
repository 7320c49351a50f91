"""Objectives under consent: no direct way past a board, and agreed only with every function's signature."""

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import User
from common.errors import Conflict, Invalid, NotAllowed, Stale
from notifications.models import Notification
from reviews.models import ChangeRequest
from reviews.services.requests import create_request, submit_request
from reviews.services.voting import cast_vote
from taxonomy.errors import Governed
from taxonomy.models import Objective, Signature
from taxonomy.selectors import agreement_of
from taxonomy.services.objectives import define_objective
from taxonomy.services.signing import sign_objective, withdraw_signature

OBJECTIVE: dict[str, Any] = {
    "name": "More families buy fresh",
    "kind": "share_of_wallet",
    "metric": "Share of families with a fresh item each week",
    "unit": "%",
    "baseline": 31,
    "basis": "Receipts of one month.",
    "target": 40,
    "target_on": "2027-06-30",
    "owner": "owner",
}


def proposed(actor: Any, deed: str, /, *, about: str = "fresh", **content: Any) -> ChangeRequest:
    """A request about an objective, before the board."""
    made = create_request(
        actor=actor,
        kind=deed,
        subject_type="objective",
        subject_key=about,
        proposed=content,
        rationale="Fresh is what brings them back.",
    )
    return submit_request(actor=actor, request_id=made.pk)


def approved(people: SimpleNamespace, request: ChangeRequest) -> ChangeRequest:
    """The same request once marketing and sales have approved it."""
    for member in (people.marketing_member, people.sales_member):
        cast_vote(actor=member, request_id=request.pk, verdict="approve", digest=request.digest)
    request.refresh_from_db()
    return request


def test_define_objective__a_board_decides__is_refused_for_everybody(grocer: SimpleNamespace) -> None:
    for actor in (grocer.administrator, grocer.steward, grocer.owner):
        with pytest.raises(Governed, match="Segmentation board"):
            define_objective(actor=actor, key="fresh", content=OBJECTIVE)
    assert not Objective.objects.filter(key="fresh").exists()


def test_objective__created_changed_reverted_retired__each_by_an_approved_request(grocer: SimpleNamespace) -> None:
    created = approved(grocer, proposed(grocer.owner, "create", **OBJECTIVE))
    changed = approved(grocer, proposed(grocer.owner, "change", target=45))
    fresh = Objective.objects.get(key="fresh")
    assert (created.state, changed.state, fresh.version, fresh.target) == ("applied", "applied", 2, 45)

    approved(grocer, proposed(grocer.owner, "revert", version=1))
    fresh.refresh_from_db()
    assert (fresh.version, fresh.target) == (3, 40)

    approved(grocer, proposed(grocer.owner, "retire", about="loyalty", successor="fresh"))
    loyalty = Objective.objects.get(key="loyalty")
    assert loyalty.retired_at is not None
    assert loyalty.successor == fresh


def test_retire__segments_serve_it_and_no_successor__is_not_submitted(grocer: SimpleNamespace) -> None:
    with pytest.raises(Conflict, match="serve this objective"):
        proposed(grocer.owner, "retire", about="loyalty")
    assert Objective.objects.get(key="loyalty").retired_at is None


def test_objective_changed__while_a_request_is_open__turns_it_stale(grocer: SimpleNamespace) -> None:
    approved(grocer, proposed(grocer.owner, "create", **OBJECTIVE))
    first = proposed(grocer.owner, "change", target=45)
    approved(grocer, proposed(grocer.owner, "change", target=50))

    assert approved_or_stale(grocer, first) == "stale"
    assert Objective.objects.get(key="fresh").target == 50


def approved_or_stale(people: SimpleNamespace, request: ChangeRequest) -> str:
    """What becomes of a request that is voted on after its base moved."""
    from reviews.services.applying import stale_competitors

    stale_competitors(subject_type="objective", subject_key="fresh")
    request.refresh_from_db()
    return str(request.state)


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"signers": ["marketing"]}, "/proposed/signers"),
        ({"signers": ["finance", "magic"]}, "/proposed/signers"),
        ({"kind": "fame"}, "/proposed/kind"),
        ({"measure": {"kind": "mean", "attribute": "has_children"}}, "/proposed/measure/attribute"),
        ({"measure": {"kind": "size", "attribute": "spend_365d"}}, "/proposed/measure/attribute"),
        ({"measure": {"kind": "median"}}, "/proposed/measure/kind"),
        ({"measure": {"kind": "size", "segment": "nobody"}}, "/proposed/measure/segment"),
        ({"colour": "red"}, "/proposed/colour"),
    ],
)
def test_proposal__wrong_part__is_refused_with_its_place(
    grocer: SimpleNamespace, given: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        proposed(grocer.owner, "create", **{**OBJECTIVE, **given})
    assert pointer in [each["pointer"] for each in refused.value.errors]


def test_database__signers_without_finance__is_refused(grocer: SimpleNamespace) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Objective.objects.filter(key="loyalty").update(signers=["marketing"])


def test_agreement__every_function_signs__is_agreed_and_a_new_version_is_not(grocer: SimpleNamespace) -> None:
    loyalty = Objective.objects.get(key="loyalty")
    assert agreement_of(loyalty).words == "Not agreed: marketing, product and finance have not signed"

    signers = {"marketing": grocer.marketing_member, "product": grocer.viewer, "finance": grocer.finance_member}
    for function, person in signers.items():
        sign_objective(actor=person, key="loyalty", function=function, version=1)
    assert agreement_of(Objective.objects.get(key="loyalty")).is_agreed

    withdraw_signature(actor=grocer.finance_member, key="loyalty", function="finance", reason="The budget is cut.")
    assert agreement_of(Objective.objects.get(key="loyalty")).missing == ("finance",)

    approved(grocer, proposed(grocer.owner, "change", about="loyalty", target=96))
    assert agreement_of(Objective.objects.get(key="loyalty")).missing == ("marketing", "product", "finance")


def test_sign__who_may_not_or_what_was_not_read__is_refused(grocer: SimpleNamespace) -> None:
    with pytest.raises(NotAllowed, match="do not speak for Finance"):
        sign_objective(actor=grocer.administrator, key="loyalty", function="finance", version=1)
    with pytest.raises(Invalid, match="does not sign"):
        sign_objective(actor=grocer.rep, key="loyalty", function="sales", version=1)
    with pytest.raises(Stale):
        sign_objective(actor=grocer.finance_member, key="loyalty", function="finance", version=2)
    sign_objective(actor=grocer.finance_member, key="loyalty", function="finance", version=1)
    with pytest.raises(Conflict, match="signed for Finance already"):
        sign_objective(actor=grocer.auditor, key="loyalty", function="finance", version=1)


def test_sign__one_person_with_a_seat_of_another_function__signs_for_one_of_both(grocer: SimpleNamespace) -> None:
    User.objects.filter(pk=grocer.marketing_member.pk).update(function="finance")
    person = User.objects.get(pk=grocer.marketing_member.pk)
    sign_objective(actor=person, key="loyalty", function="marketing", version=1)

    with pytest.raises(NotAllowed, match="A second person"):
        sign_objective(actor=person, key="loyalty", function="finance", version=1)


def test_signature__changed_or_deleted_in_the_database__is_refused(grocer: SimpleNamespace) -> None:
    given = sign_objective(actor=grocer.finance_member, key="loyalty", function="finance", version=1)
    rows = Signature.objects.filter(pk=given.pk)
    for harm in (
        lambda: rows.update(person=grocer.auditor),
        lambda: rows.update(objective_version=2),
        lambda: rows.delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            harm()


def test_new_version__signers__are_told(grocer: SimpleNamespace) -> None:
    approved(grocer, proposed(grocer.owner, "change", about="loyalty", target=96))

    told = Notification.objects.filter(key="objective-signature:loyalty:2")
    functions = set(told.values_list("person__function", flat=True))
    assert functions == {"marketing", "product", "finance"}


@pytest.mark.django_db(transaction=True)
def test_sign__two_people_of_one_function_at_once__one_signature_stands(grocer: SimpleNamespace) -> None:
    barrier, outcomes = threading.Barrier(2), []

    def attempt(username: str) -> None:
        try:
            person = User.objects.get(username=username)
            barrier.wait(timeout=20)
            sign_objective(actor=person, key="loyalty", function="finance", version=1)
            outcomes.append("signed")
        except Conflict:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt, args=(name,)) for name in ("finance_member", "auditor")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(outcomes) == ["refused", "signed"]
    assert Signature.objects.filter(function="finance", withdrawn_at__isnull=True).count() == 1


def test_api__put_where_a_board_decides__answers_with_the_request_and_changes_nothing(
    grocer: SimpleNamespace, api_of: Callable[..., Client]
) -> None:
    client = api_of(grocer.owner)
    body = {**OBJECTIVE, "rationale": "Fresh is what brings them back."}

    first = client.put("/api/v1/objectives/fresh/", body, content_type="application/json")
    again = client.put("/api/v1/objectives/fresh/", body, content_type="application/json")

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"]
    made = ChangeRequest.objects.get(pk=first.json()["id"])
    assert (made.state, made.kind, made.rationale) == ("in_review", "create", body["rationale"])
    assert not Objective.objects.filter(key="fresh").exists()


def test_api__sign_and_withdraw__shows_who_is_missing(grocer: SimpleNamespace, api_of: Callable[..., Client]) -> None:
    client = api_of(grocer.finance_member)
    signed = client.post(
        "/api/v1/objectives/loyalty/sign/", {"function": "finance", "version": 1}, content_type="application/json"
    )
    assert (signed.status_code, signed.json()["agreed"]) == (200, False)
    assert signed.json()["unsigned"] == ["marketing", "product"]
    assert signed.json()["signatures"][0]["person"] == "finance_member"

    withdrawn = client.post(
        "/api/v1/objectives/loyalty/withdraw/", {"function": "finance", "reason": "No"}, content_type="application/json"
    )
    assert "finance" in withdrawn.json()["unsigned"]


def test_pages__objective__says_not_agreed_wherever_it_appears(
    grocer: SimpleNamespace, client_of: Callable[[Any], Client]
) -> None:
    client = client_of(grocer.finance_member)
    for address in ("/objectives/", "/objectives/loyalty/", "/segments/anchors/", "/segments/anchors/versions/1/"):
        assert "Not agreed" in client.get(address).content.decode(), address

    sent = client.post("/objectives/loyalty/sign/", {"function": "finance", "version": "1"})
    assert sent.status_code == 302
    assert "marketing and product have not signed" in client.get("/objectives/loyalty/").content.decode()
    client.post("/objectives/loyalty/withdraw/", {"function": "finance", "reason": "The budget is cut."})
    assert "The budget is cut." in client.get("/objectives/loyalty/").content.decode()


def test_pages__define_where_a_board_decides__leads_to_the_request(
    grocer: SimpleNamespace, client_of: Callable[[Any], Client]
) -> None:
    client = client_of(grocer.owner)
    for address in ("/objectives/+new/", "/objectives/loyalty/edit/"):
        answer = client.post(address, {"key": "fresh"})
        assert answer.status_code == 302
        page = client.get(answer["Location"])
        assert page.status_code == 200
        assert "Must sign" in page.content.decode()

    sent = client.post(
        "/requests/new/?type=objective&kind=create",
        {
            **{name: str(value) for name, value in OBJECTIVE.items()},
            "key": "fresh",
            "signers": ["marketing", "finance"],
            "measure_kind": "mean",
            "measure_attribute": "spend_365d",
            "rationale": "Fresh brings them back.",
            "then": "submit",
        },
    )
    assert sent.status_code == 302
    made = ChangeRequest.objects.get(subject_key="fresh")
    assert made.proposed["signers"] == ["marketing", "finance"]
    assert made.proposed["measure"] == {"kind": "mean", "attribute": "spend_365d"}
