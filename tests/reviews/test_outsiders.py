"""The link of somebody from outside reaches them alone: no page, answer, table or log of the portal ever holds it."""

import smtplib
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from common.errors import Conflict
from ledger.models import Entry
from reviews.errors import LinkClosed, Recused
from reviews.models import ChangeRequest, Invitation
from reviews.quorum import mailbox_of
from reviews.selectors.standing import assents
from reviews.services.answering import answer_invitation, invitation_for
from reviews.services.invitations import invite_again, invite_outsider
from reviews.services.requests import edit_request
from reviews.services.suggesting import suggest_wording, take_suggestion
from tests.reviews.conftest import invited, token_mailed

PAT = {"name": "Pat", "email": "pat@example.org"}
JSON = {"content_type": "application/json"}


def test_link__asked_by_page_and_by_api__is_only_in_the_mail(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: Any, api_of: Any
) -> None:
    page, api = client_of(cast.sales_member), api_of(cast.sales_member)
    shown = [page.post(reverse("reviews:request-invite", args=[in_review.pk]), {**PAT, "days": "5"}, follow=True)]
    tokens = [token_mailed()]
    again = reverse("reviews:invitation-again", args=[in_review.pk, Invitation.objects.get().pk])
    shown.append(page.post(again, follow=True))
    tokens.append(token_mailed())
    address = reverse("api-change-request-invitations", args=[in_review.pk])
    shown.append(api.post(address, {"name": "Kim", "email": "kim@example.org"}, **JSON))
    tokens.append(token_mailed())
    last = Invitation.objects.order_by("pk").last()
    assert last is not None
    shown.append(api.post(reverse("api-invitation-again", args=[last.pk]), {}, **JSON))
    tokens.append(token_mailed())
    shown += [page.get(reverse("reviews:request", args=[in_review.pk])), page.get("/ledger/")]

    assert [answer.status_code for answer in shown] == [200, 200, 201, 201, 200, 200]
    assert [message.to for message in mail.outbox] == [["pat@example.org"]] * 2 + [["kim@example.org"]] * 2
    assert all(not message.cc and not message.bcc for message in mail.outbox)
    kept = str(list(Invitation.objects.values())) + str(list(Entry.objects.values_list("payload", flat=True)))
    for token in tokens:
        secret = token.rsplit(":", 1)[0]
        assert all(secret not in answer.content.decode() for answer in shown) and secret not in kept
        assert "/outside/" not in shown[0].content.decode()
    assert shown[2].json()["is_mailed"] is True and "link" not in shown[2].json()


def test_link__called_under_another_host__leads_to_the_address_that_is_set(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: Any, settings: Any
) -> None:
    settings.SEGPORTAL_URL, settings.ALLOWED_HOSTS = "https://segments.example.org/", ["*"]
    address = reverse("reviews:request-invite", args=[in_review.pk])
    client_of(cast.sales_member).post(address, {**PAT, "days": "5"}, headers={"host": "mine.example.net"})
    assert "https://segments.example.org/outside/" in mail.outbox[0].body and "mine." not in mail.outbox[0].body


def test_link__without_mail__is_refused_with_the_way_to_set_it_up(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: Any, api_of: Any, settings: Any
) -> None:
    settings.SEGPORTAL_MAIL_READY = False
    address = reverse("reviews:request-invite", args=[in_review.pk])
    page = client_of(cast.sales_member).post(address, {**PAT, "days": "5"}, follow=True).content.decode()
    answer = api_of(cast.sales_member).post(reverse("api-change-request-invitations", args=[in_review.pk]), PAT, **JSON)
    assert "EMAIL_URL" in page and "SEGPORTAL_URL" in page
    assert answer.status_code == 409 and "EMAIL_URL" in answer.json()["detail"]
    assert not Invitation.objects.exists() and not mail.outbox


def test_link__not_taken_by_the_mail_server__says_so_and_can_be_sent_again(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: Any, settings: Any
) -> None:
    page = client_of(cast.sales_member)
    settings.EMAIL_BACKEND = "tests.reviews.test_outsiders.RefusingBackend"
    told = page.post(reverse("reviews:request-invite", args=[in_review.pk]), {**PAT, "days": "5"}, follow=True)
    assert "did not take" in told.content.decode() and "Not sent" in told.content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    first = Invitation.objects.get()
    page.post(reverse("reviews:invitation-again", args=[in_review.pk, first.pk]))
    first.refresh_from_db()
    assert first.mailed_at is None and first.revoked_at is not None and first.replacement.mailed_at is not None


class RefusingBackend:
    """A mail server that takes nothing."""

    def __init__(self, **options: Any) -> None: ...

    def send_messages(self, messages: list[Any]) -> int:
        raise smtplib.SMTPServerDisconnected("gone")


def test_link__sent_again__kills_the_earlier_one(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    made, first = invited(cast.sales_member, in_review)
    invite_again(actor=cast.marketing_member, invitation_id=made.pk)
    second = token_mailed()
    for use in (invitation_for, lambda token: answer_invitation(token=token, verdict="approve", digest="x")):
        with pytest.raises(LinkClosed, match="another link"):
            use(first)
    assert Client().get(reverse("reviews:outside", args=[first])).status_code == 410
    answer_invitation(token=second, verdict="approve", digest=in_review.digest)
    again = Invitation.objects.get(answered_at__isnull=False)
    with pytest.raises(Conflict, match="asked already"):
        invite_again(actor=cast.sales_member, invitation_id=again.pk)
    with pytest.raises(LinkClosed, match="works once"):
        answer_invitation(token=second, verdict="approve", digest=in_review.digest)


def test_link__after_the_request_changed__leads_nowhere_until_another_is_sent(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: Any
) -> None:
    made, token = invited(cast.sales_member, in_review)
    edit_request(actor=cast.owner, request_id=in_review.pk, changes={"expected": "Other."})
    in_review.refresh_from_db()
    with pytest.raises(LinkClosed, match="changed since you were asked"):
        answer_invitation(token=token, verdict="approve", digest=in_review.digest)
    page = client_of(cast.sales_member).get(reverse("reviews:request", args=[in_review.pk])).content.decode()
    assert "earlier wording" in page and "Send another link" in page
    invite_again(actor=cast.sales_member, invitation_id=made.pk)
    answer_invitation(token=token_mailed(), verdict="approve", digest=in_review.digest)
    assert assents(in_review) == 1


def test_inviter__who_touched_the_request__is_refused_whatever_the_address(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: Any
) -> None:
    made, token = invited(cast.sales_member, in_review)
    offered = suggest_wording(
        actor=cast.sales_member, request_id=in_review.pk, field="expected", proposed="Rather three baskets."
    )
    take_suggestion(actor=cast.owner, request_id=in_review.pk, suggestion_id=offered.pk)
    for deed in (
        lambda: invite_outsider(actor=cast.sales_member, request_id=in_review.pk, **PAT),
        lambda: invite_again(actor=cast.sales_member, invitation_id=made.pk),
    ):
        with pytest.raises(Recused, match="another member invites"):
            deed()
    in_review.refresh_from_db()
    with pytest.raises(LinkClosed):
        answer_invitation(token=token, verdict="approve", digest=in_review.digest)
    page = client_of(cast.sales_member).get(reverse("reviews:request", args=[in_review.pk])).content.decode()
    assert "Ask somebody from outside" not in page


@pytest.mark.parametrize("spelt", ["MEMBER@example.org", "member+else@Example.org"])
@pytest.mark.parametrize("is_active", [True, False])
def test_outsider__with_the_mailbox_of_a_member__is_refused(
    cast: SimpleNamespace, in_review: ChangeRequest, api_of: Any, spelt: str, is_active: bool
) -> None:
    cast.finance_member.email, cast.finance_member.is_active = "member@example.org", is_active
    cast.finance_member.save()
    answer = api_of(cast.sales_member).post(
        reverse("api-change-request-invitations", args=[in_review.pk]), {"name": "Pat", "email": spelt}, **JSON
    )
    assert answer.status_code == 409 and "Somebody with an account here" in answer.json()["detail"]


def test_outsider__one_mailbox_spelt_twice__is_asked_once(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    invited(cast.sales_member, in_review, "pat.lee@gmail.com")
    for spelt in ("patlee@gmail.com", "Pat.Lee+2@googlemail.com"):
        with pytest.raises(Conflict, match="asked already"):
            invited(cast.marketing_member, in_review, spelt)


@pytest.mark.parametrize(
    ("address", "box"),
    [
        ("Pat@Example.org", "pat@example.org"),
        ("pat+x@example.org", "pat@example.org"),
        ("+pat@example.org", "+pat@example.org"),
        ("p.a.t+x+y@googlemail.com", "pat@gmail.com"),
        ("p.a.t@example.org", "p.a.t@example.org"),
        ('"a@b"@example.org', '"a@b"@example.org'),
    ],
)
def test_mailbox__in_python_and_in_the_database__is_the_same(db: None, address: str, box: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT reviews_mailbox(%s)", [address])
        assert (mailbox_of(address), cursor.fetchone()[0]) == (box, box)
