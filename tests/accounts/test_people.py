"""People, roles and tokens through the services."""

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.choices import Role
from accounts.errors import UsernameTaken
from accounts.models import RoleGrant, Token
from accounts.policies import has_role
from accounts.services import (
    create_first_administrator,
    create_token,
    create_user,
    deactivate_user,
    grant_role,
    revoke_role,
    revoke_token,
)
from common.actors import SYSTEM
from common.clock import now
from common.errors import Conflict, Invalid, NotAllowed
from ledger.models import Entry
from tests.factories.people import PASSWORD, make_person

pytestmark = pytest.mark.django_db


def announced() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("event", flat=True))


def test_create_user__with_roles__person_can_and_facts_stand() -> None:
    user = create_user(actor=SYSTEM, username="olive", password=PASSWORD, roles=[(Role.OWNER, "households")])
    assert user.check_password(PASSWORD)
    assert has_role(user, Role.OWNER, path=["market", "households"])
    assert not has_role(user, Role.OWNER, path=["market"])
    assert announced() == ["accounts.person.created", "accounts.role.granted"]


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"username": ""}, "/username"),
        ({"username": "a\u202eb"}, "/username"),
        ({"username": "two words"}, "/username"),
        ({"username": "x", "function": "magic"}, "/function"),
        ({"username": "x", "email": "nobody"}, "/email"),
        ({"username": "x", "password": "short"}, "/password"),
        ({"username": "x", "roles": [("king", "")]}, "/role"),
    ],
)
def test_create_user__bad_input__is_refused_at_its_place(given: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        create_user(actor=SYSTEM, **given)
    assert refused.value.pointer == pointer


def test_create_user__name_taken_in_another_case__is_refused() -> None:
    make_person("olive")
    with pytest.raises(UsernameTaken):
        make_person("Olive")


def test_create_user__by_somebody_who_may_not__is_refused(cast: SimpleNamespace) -> None:
    with pytest.raises(NotAllowed):
        create_user(actor=cast.steward, username="new")
    assert create_user(actor=cast.administrator, username="new").username == "new"


def test_first_administrator__second_time__is_refused() -> None:
    create_first_administrator(username="ada", display_name="Ada", password=PASSWORD)
    with pytest.raises(Conflict):
        create_first_administrator(username="eve", display_name="Eve", password=PASSWORD)


def test_revoke_role__last_administrator__is_refused_and_kept() -> None:
    user = create_first_administrator(username="ada", display_name="Ada", password=PASSWORD)
    with pytest.raises(Conflict):
        revoke_role(actor=SYSTEM, user_id=user.pk, role=Role.ADMINISTRATOR)
    assert RoleGrant.objects.filter(user=user, role=Role.ADMINISTRATOR).exists()


def test_deactivate__person_with_session_and_token__both_end_with_the_next_request(
    cast: SimpleNamespace, client_of: Any, api_of: Any
) -> None:
    browser, program = client_of(cast.rep), api_of(cast.rep)
    assert browser.get("/me/").status_code == 200
    assert program.get("/api/v1/ledger/").status_code == 200
    deactivate_user(actor=cast.administrator, user_id=cast.rep.pk)
    assert browser.get("/me/").status_code == 302
    assert program.get("/api/v1/ledger/").status_code == 401


def test_deactivate__oneself__is_refused(cast: SimpleNamespace) -> None:
    with pytest.raises(NotAllowed):
        deactivate_user(actor=cast.administrator, user_id=cast.administrator.pk)


def test_grant_role__to_inactive_person__gives_no_right(cast: SimpleNamespace) -> None:
    grant_role(actor=cast.administrator, user_id=cast.deactivated.pk, role=Role.OWNER)
    assert not has_role(cast.deactivated, Role.OWNER)


def test_token__text__is_stored_nowhere(cast: SimpleNamespace) -> None:
    token, plain = create_token(actor=cast.owner, user_id=cast.owner.pk, name="n", scopes=["read"])
    assert plain not in str(Token.objects.filter(pk=token.pk).values())
    assert plain not in str(list(Entry.objects.values_list("payload", flat=True)))


@pytest.mark.parametrize("spoil", ["revoke", "expire", "forge", "other_scheme"])
def test_token__revoked_expired_or_forged__opens_nothing(cast: SimpleNamespace, client: Any, spoil: str) -> None:
    token, plain = create_token(actor=cast.owner, user_id=cast.owner.pk, name="n", scopes=["read"])
    header = {"Authorization": f"Bearer {plain}"}
    assert client.get("/api/v1/ledger/", headers=header).status_code == 200
    if spoil == "revoke":
        revoke_token(actor=cast.owner, token_id=token.pk)
    elif spoil == "expire":
        Token.objects.filter(pk=token.pk).update(expires_at=now() - timedelta(seconds=1))
    elif spoil == "forge":
        header = {"Authorization": f"Bearer {plain[:-1]}x"}
    else:
        header = {"Authorization": f"Token {plain}"}
    answer = client.get("/api/v1/ledger/", headers=header)
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


def test_token__somebody_elses__cannot_be_made_or_revoked(cast: SimpleNamespace) -> None:
    token, _ = create_token(actor=cast.owner, user_id=cast.owner.pk, name="n", scopes=["read"])
    with pytest.raises(NotAllowed):
        revoke_token(actor=cast.rep, token_id=token.pk)
    with pytest.raises(NotAllowed):
        create_token(actor=cast.rep, user_id=cast.owner.pk, name="n", scopes=["read"])


def test_token__without_the_scope__is_refused(cast: SimpleNamespace, api_of: Any) -> None:
    assert api_of(cast.steward, scopes=("ingest",)).get("/api/v1/ledger/").status_code == 403


@pytest.mark.parametrize("path", ["/", "/me/", "/me/tokens/", "/people/", "/people/rep/", "/ledger/", "/status/"])
def test_page__without_sign_in__leads_to_it_and_back(client: Any, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=")


def test_htmx__session_expired__is_sent_to_the_sign_in_page(client: Any) -> None:
    answer = client.get("/me/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/segments/x/"})
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Fsegments%2Fx%2F"


def test_tokens_page__new_token__is_shown_once(cast: SimpleNamespace, client_of: Any) -> None:
    browser = client_of(cast.owner)
    answer = browser.post("/me/tokens/", {"name": "export", "scopes": ["read"], "lifetime": "90"})
    shown = re.search(rb"sgp_[0-9a-f]{8}_[\w-]{43}", answer.content)
    assert shown is not None
    assert shown.group() not in browser.get("/me/tokens/").content


def test_people_page__role_granted_and_taken__by_an_administrator_only(cast: SimpleNamespace, client_of: Any) -> None:
    given = {"role": "owner", "branch": ""}
    assert client_of(cast.rep).post("/people/viewer/grant/", given).status_code == 403
    assert client_of(cast.administrator).post("/people/viewer/grant/", given).status_code == 302
    assert RoleGrant.objects.filter(user=cast.viewer, role="owner").exists()
    client_of(cast.administrator).post("/people/viewer/take/", given)
    assert not RoleGrant.objects.filter(user=cast.viewer, role="owner").exists()
