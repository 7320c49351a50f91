"""People and tokens from the command line, for set-up and scripts."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Token, User
from accounts.policies import has_role
from reviews.models import Seat
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db


def run(name: str, *arguments: str, given: str = "", monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(given))
    out = io.StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def test_create_user__with_board__can_sign_in_and_sits(
    grocer: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("mia", "--role", "viewer", "--board", "board", "--function", "product", "--password-stdin")
    run("create_user", *asked, given=f"{PASSWORD}\n", monkeypatch=monkeypatch)
    mia = User.objects.get(username="mia")
    assert mia.check_password(PASSWORD)
    assert has_role(mia, "viewer")
    assert Seat.objects.get(user=mia, until=None).function == "product"


def test_create_user__from_a_script_without_password__uses_tokens(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, client: Any
) -> None:
    assert "no password" in run("create_user", "robot", "--role", "steward", monkeypatch=monkeypatch)
    asked = ("nightly", "--user", "robot", "--scope", "read,write")
    plain = run("create_token", *asked, monkeypatch=monkeypatch).strip()
    assert Token.objects.get(user__username="robot").scopes == ["read", "write"]
    assert client.get("/api/v1/ledger/", headers={"Authorization": f"Bearer {plain}"}).status_code == 200


def test_create_token__with_a_source__sends_data_of_it(
    grocer: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("create_token", "shop", "--user", "steward", "--scope", "ingest", "--source", "pos", monkeypatch=monkeypatch)
    token = Token.objects.get(name="shop")
    assert (token.source_key, token.scopes) == ("pos", ["ingest"])


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("create_user", ("rep", "--role", "viewer"), "is taken"),
        ("create_user", ("new", "--role", "king"), "invalid choice"),
        ("create_user", ("new", "--role", "viewer", "--board", "board"), "needs a function"),
        ("create_user", ("new", "--role", "viewer", "--board", "nothing", "--function", "sales"), "no board"),
        ("create_user", ("new", "--role", "viewer", "--password-stdin"), "No password"),
        ("create_token", ("t", "--user", "nobody"), "no active person"),
        ("create_token", ("t", "--user", "rep", "--scope", "everything"), "Choose scopes"),
        ("create_token", ("t", "--user", "rep", "--scope", "ingest", "--source", "nothing"), "no source"),
    ],
)
def test_commands__bad_input__say_what_is_wrong_and_create_nothing(
    grocer: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, name: str, arguments: tuple[str, ...], words: str
) -> None:
    with pytest.raises(CommandError, match=f"(?i){words}"):
        run(name, *arguments, monkeypatch=monkeypatch)
    assert not User.objects.filter(username="new").exists()
    assert not Token.objects.exists()
