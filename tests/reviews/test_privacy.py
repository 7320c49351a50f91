"""Who does not get to see what: drafts of others, definitions that are not open, customers who were erased."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from common.errors import Invalid, NotFound, Stale
from customers.services.attributes import define_attribute
from customers.services.erasure import erase_customer
from ledger.selectors import entries_for
from reviews.models import ChangeRequest, Impact
from reviews.selectors import request_for, requests_for
from reviews.services.forgetting import forget_erased_customers
from reviews.services.requests import (
    create_request,
    edit_request,
    rebase_request,
    schedule_request,
    submit_request,
    withdraw_request,
)
from tests.factories.grocer import segment_content

pytestmark = pytest.mark.django_db


def draft_of(actor: Any) -> ChangeRequest:
    return create_request(
        actor=actor,
        kind="create",
        subject_type="segment",
        subject_key="deli",
        proposed=segment_content("deli", name="Deli", rule="orders_90d > 1"),
        rationale="They come for the counter.",
    )


def test_draft__withdrawn_unseen__stays_private(grocer: SimpleNamespace) -> None:
    made = draft_of(grocer.owner)
    withdraw_request(actor=grocer.owner, request_id=made.pk)
    assert request_for(viewer=grocer.owner, request_id=made.pk)
    assert request_for(viewer=grocer.auditor, request_id=made.pk)
    for person in (grocer.viewer, grocer.rep, grocer.sales_member):
        with pytest.raises(NotFound):
            request_for(viewer=person, request_id=made.pk)


def test_ledger__draft_of_somebody_else__is_not_told(grocer: SimpleNamespace, api_of: Any, client_of: Any) -> None:
    made = draft_of(grocer.owner)
    about: dict[str, Any] = {"object_type": "request", "object_key": str(made.pk)}
    for person in (grocer.viewer, grocer.rep, grocer.stranger):
        assert not entries_for(viewer=person, **about).exists()
    assert entries_for(viewer=grocer.owner, **about).exists()
    assert entries_for(viewer=grocer.auditor, **about).exists()
    assert api_of(grocer.viewer).get(f"/api/v1/ledger/?object=request:{made.pk}").json()["results"] == []
    thread = reverse("ledger:thread", args=[made.correlation_id])
    assert client_of(grocer.viewer).get(thread).status_code == 404

    submit_request(actor=grocer.owner, request_id=made.pk)
    assert entries_for(viewer=grocer.viewer, **about).count() == 2


def test_attribute_request__definition_not_open_to_the_author__as_if_it_were_not_there(
    grocer: SimpleNamespace, api_of: Any, client_of: Any
) -> None:
    define_attribute(
        actor=grocer.steward,
        key="household_note",
        content={"label": "Note", "description": "Kept in the safe", "type": "text", "dimension": "demographic",
                 "sensitivity": "special"},
    )  # fmt: skip
    proposal: dict[str, Any] = {
        "kind": "change",
        "subject": {"type": "attribute", "key": "household_note"},
        "proposed": {"label": "Other"},
        "rationale": "Let me see.",
    }
    answer = api_of(grocer.owner).post("/api/v1/change-requests/", proposal, content_type="application/json")
    assert answer.status_code == 400
    assert "safe" not in answer.content.decode()
    form = reverse("reviews:request-new") + "?type=attribute&kind=change&key=household_note"
    assert b"Kept in the safe" not in client_of(grocer.owner).get(form).content
    assert b"Kept in the safe" in client_of(grocer.steward).get(form).content
    with pytest.raises(Invalid):
        create_request(
            actor=grocer.owner, kind="change", subject_type="attribute", subject_key="household_note",
            proposed={"label": "Other"}, rationale="Let me see.",
        )  # fmt: skip


def test_impact__customer_erased__is_named_no_more_and_what_was_signed_stays(grocer: SimpleNamespace) -> None:
    made = submit_request(actor=grocer.owner, request_id=draft_of(grocer.owner).pk)
    Impact.objects.update(samples={"entering": ["hh-01", "hh-02"], "leaving": []})
    signed = Impact.objects.get(request=made).signed

    erase_customer(actor=grocer.steward, external_id="hh-01", reason="They asked for it.")
    assert forget_erased_customers() == 1
    assert forget_erased_customers() == 0

    impact = Impact.objects.get(request=made)
    assert impact.samples == {"entering": ["hh-02"], "leaving": []}
    assert impact.signed == signed


def test_deeds__on_an_older_copy__refused_under_the_lock(grocer: SimpleNamespace) -> None:
    made = draft_of(grocer.owner)
    seen = ChangeRequest.objects.get(pk=made.pk).version
    edit_request(actor=grocer.owner, request_id=made.pk, changes={"expected": "More of them."})
    for deed, more in ((withdraw_request, {}), (schedule_request, {"effective_at": None}), (rebase_request, {})):
        with pytest.raises(Stale):
            deed(actor=grocer.owner, request_id=made.pk, lock_version=seen, **more)  # type: ignore[operator]


def test_requests__about_an_attribute_one_may_not_see__are_open_to_authors_and_deciders_only(
    grocer: SimpleNamespace,
) -> None:
    made = create_request(
        actor=grocer.steward,
        kind="change",
        subject_type="attribute",
        subject_key="household_note",
        proposed={"label": "Note of the household"},
        rationale="It says what it is.",
        expected="Nobody asks any more.",
    )
    submit_request(actor=grocer.steward, request_id=made.pk)
    sees = {
        name: requests_for(viewer=getattr(grocer, name)).filter(pk=made.pk).exists()
        for name in ("steward", "marketing_member", "administrator", "viewer", "rep", "owner")
    }
    assert sees == {
        "steward": True,
        "marketing_member": True,
        "administrator": True,
        "viewer": False,
        "rep": False,
        "owner": False,
    }
