"""What joins the words of two functions: offered, signed by both, written anew, ended."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from common.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, Stale
from notifications.models import Notification
from taxonomy.models import Equivalence
from taxonomy.selectors.equivalences import equivalence_for, equivalences_for, waiting_items
from taxonomy.services.equivalences import (
    end_equivalence,
    offer_equivalence,
    rewrite_equivalence,
    sign_equivalence,
)
from tests.taxonomy.words_stage import enact_word, put_away

pytestmark = pytest.mark.django_db

OFFER = {
    "left": "lead", "right": "opportunity", "left_function": "marketing", "right_function": "sales",
    "kind": "hand_off", "rule": "A lead becomes a qualified opportunity when it has named a budget.",
}  # fmt: skip


@pytest.fixture
def words(cast: SimpleNamespace) -> None:
    for key in ("lead", "opportunity", "household"):
        enact_word(key)


@pytest.fixture
def offered(cast: SimpleNamespace, words: None) -> Equivalence:
    return offer_equivalence(actor=cast.owner, **OFFER)


def sign(person: Any, found: Equivalence, function: str, version: int = 1) -> Equivalence:
    return sign_equivalence(actor=person, equivalence_id=found.pk, version=version, function=function)


def state(cast: SimpleNamespace, found: Equivalence) -> str:
    return equivalence_for(viewer=cast.viewer, equivalence_id=found.pk).state


def test_equivalence__signed_by_a_person_of_each_function__is_agreed(
    cast: SimpleNamespace, offered: Equivalence
) -> None:
    assert state(cast, offered) == "offered"
    sign(cast.marketing_member, offered, "marketing")
    assert state(cast, offered) == "offered"
    sign(cast.sales_member, offered, "sales")
    assert state(cast, offered) == "agreed"


def test_offer__made__asks_both_functions_for_signatures(cast: SimpleNamespace, offered: Equivalence) -> None:
    told = set(Notification.objects.filter(kind="signature_wanted").values_list("person__username", flat=True))

    # Nobody of sales answers for anything, so all its people are asked; of marketing, who wrote it need not be told.
    assert {"sales_member", "rep"} <= told and "owner" not in told and "finance_member" not in told
    assert len(waiting_items(cast.sales_member)) == 1 and not waiting_items(cast.finance_member)
    sign(cast.rep, offered, "sales")
    assert not waiting_items(cast.sales_member)


def test_signature__of_somebody_who_does_not_speak_for_the_function__is_refused(
    cast: SimpleNamespace, offered: Equivalence
) -> None:
    for person, function, error in (
        ("finance_member", "sales", NotAllowed),
        ("stranger", "sales", NotAllowed),
        ("sales_member", "marketing", NotAllowed),
        ("sales_member", "finance", Invalid),
        ("deactivated", "sales", NotAllowed),
    ):
        with pytest.raises(error):
            sign(getattr(cast, person), offered, function)
    assert state(cast, offered) == "offered"


def test_signature__for_a_board_seat_of_another_function__counts_but_one_person_never_signs_twice(
    cast: SimpleNamespace, offered: Equivalence
) -> None:
    from reviews.services.boards import define_board

    policy = {"quorum": 1, "required": {}}
    seats = {"sales": [cast.marketing_member.username]}
    define_board(actor=cast.administrator, key="desk", name="Desk", policy=policy, seats=seats)
    sign(cast.marketing_member, offered, "sales")

    with pytest.raises(NotAllowed, match="second person"):
        sign(cast.marketing_member, offered, "marketing")


def test_signature__given_already__is_no_fault_of_the_same_person_and_refused_to_another(
    cast: SimpleNamespace, offered: Equivalence
) -> None:
    sign(cast.rep, offered, "sales")
    assert sign(cast.rep, offered, "sales").right_signed_by_id == cast.rep.pk
    with pytest.raises(Conflict, match="Rita Rep"):
        sign(cast.sales_member, offered, "sales")


def test_text__written_anew__needs_new_signatures(cast: SimpleNamespace, offered: Equivalence) -> None:
    sign(cast.marketing_member, offered, "marketing")
    sign(cast.sales_member, offered, "sales")

    rewrite_equivalence(
        actor=cast.rep, equivalence_id=offered.pk, version=1, kind="hand_off", rule="Once a price was asked for."
    )

    assert state(cast, offered) == "offered"
    with pytest.raises(Stale, match="version 2"):
        sign(cast.marketing_member, offered, "marketing")


def test_equivalence__ended__stays_readable_and_frees_the_pair(cast: SimpleNamespace, offered: Equivalence) -> None:
    with pytest.raises(Conflict, match="joined already"):
        offer_equivalence(actor=cast.owner, **{**OFFER, "left": "opportunity", "right": "lead"})
    with pytest.raises(NotAllowed):
        end_equivalence(actor=cast.finance_member, equivalence_id=offered.pk, version=1, reason="No.")
    end_equivalence(actor=cast.rep, equivalence_id=offered.pk, version=1, reason="The desk is gone.")

    assert [each.state for each in equivalences_for(viewer=cast.viewer, ended=True)] == ["ended"]
    assert not equivalences_for(viewer=cast.viewer)
    offer_equivalence(actor=cast.owner, **OFFER)
    with pytest.raises(Conflict, match="ended"):
        sign(cast.rep, offered, "sales")


def test_offer__that_makes_no_sense__is_refused(cast: SimpleNamespace, words: None) -> None:
    refusals: list[tuple[dict[str, str], type[DomainError]]] = [
        ({"right": "lead"}, Invalid),
        ({"right": "nothing"}, NotFound),
        ({"right": "a\x00b"}, NotFound),
        ({"right_function": "marketing"}, Invalid),
        ({"right_function": "astrology"}, Invalid),
        ({"kind": "rhyme"}, Invalid),
        ({"rule": " "}, Invalid),
        ({"left_function": "finance", "right_function": "sales"}, NotAllowed),
    ]
    for given, error in refusals:
        with pytest.raises(error):
            offer_equivalence(actor=cast.owner, **{**OFFER, **given})
    assert not Equivalence.objects.exists()


def test_database__for_agreed_texts_and_governed_words__refuses_what_was_decided_otherwise(
    cast: SimpleNamespace, offered: Equivalence
) -> None:
    sign(cast.marketing_member, offered, "marketing")
    sign(cast.sales_member, offered, "sales")

    for statement in (
        "UPDATE taxonomy_equivalence SET rule = 'Another text.'",
        "UPDATE taxonomy_equivalence SET kind = 'equal', version = version + 1",
        "UPDATE taxonomy_equivalence SET left_signed_by_id = offered_by_id",
        "UPDATE taxonomy_equivalence SET left_signed_at = now()",
        "UPDATE taxonomy_equivalence SET version = 9",
        "UPDATE taxonomy_equivalence SET right_function = 'finance'",
        "DELETE FROM taxonomy_equivalence",
        "DELETE FROM taxonomy_definitionversion",
        "DELETE FROM taxonomy_definition WHERE key = 'household'",
        "UPDATE taxonomy_definition SET key = 'other' WHERE key = 'household'",
        "UPDATE taxonomy_definitionversion SET content = '{}'",
        "UPDATE taxonomy_definitionversion SET name = 'Other'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_word_with_an_equivalence__is_deprecated_but_not_retired(cast: SimpleNamespace, offered: Equivalence) -> None:
    with pytest.raises(Conflict, match="equivalences with opportunity"):
        put_away("lead", is_final=True)
    put_away("lead")


def test_pages__of_equivalences__offer_sign_rewrite_and_end(
    cast: SimpleNamespace, words: None, client_of: Callable[[Any], Client]
) -> None:
    owner, seller = client_of(cast.owner), client_of(cast.sales_member)
    assert owner.get(reverse("taxonomy:equivalence-offer") + "?left=lead&right=opportunity").status_code == 200
    assert owner.post(reverse("taxonomy:equivalence-offer"), {**OFFER, "rule": ""}).status_code == 422
    assert owner.post(reverse("taxonomy:equivalence-offer"), OFFER).status_code == 302
    found = Equivalence.objects.get()
    page = reverse("taxonomy:equivalence", args=[found.pk])

    assert b"Sign for sales" in seller.get(page).content
    for client, function in ((owner, "marketing"), (seller, "sales")):
        answer = client.post(reverse("taxonomy:equivalence-sign", args=[found.pk]),
                             {"version": 1, "function": function})  # fmt: skip
        assert answer.status_code == 302
    assert b"Agreed" in seller.get(reverse("taxonomy:equivalences")).content
    rewrite = reverse("taxonomy:equivalence-rewrite", args=[found.pk])
    assert seller.post(rewrite, {"version": 1, "kind": "equal", "rule": "Both."}).status_code == 302
    assert seller.post(rewrite, {"version": 1, "kind": "equal", "rule": "Stale."}).status_code == 412
    end = reverse("taxonomy:equivalence-end", args=[found.pk])
    assert seller.post(end, {"version": 2, "reason": ""}).status_code == 422
    assert seller.post(end, {"version": 2, "reason": "Over."}).status_code == 302
    assert b"Ended" in seller.get(page).content
