"""Health, status, first run, errors."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import OperationalError
from django.test import override_settings

from segportal import presence
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db


def test_livez__no_session__answers(client: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert client.get("/livez").status_code == 200


def test_readyz__nobody_at_work__names_each_kind(client: Any) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    checks = answer.json()["checks"]
    assert checks["database"] == "ok"
    assert "no worker of the kind worker" in checks["worker"]
    assert "no worker of the kind stream" in checks["stream"]
    assert "schedule" in checks["schedule"]


def test_readyz__one_kind_missing__is_not_ready(client: Any) -> None:
    presence.leave_sign(name="worker@here", started=0, queues=["celery", "shards"])
    presence.leave_sign(name="schedule@here", started=0)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert [name for name, text in answer.json()["checks"].items() if text != "ok"] == ["stream"]


def test_readyz__all_kinds_at_work__is_ready(client: Any) -> None:
    presence.leave_sign(name="worker@here", started=0, queues=["celery", "shards", "stream"])
    presence.leave_sign(name="schedule@here", started=0)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)
    assert set(answer.json()["checks"].values()) == {"ok"}


def test_operations__one_database_role__warns_plainly(cast: SimpleNamespace, client_of: Any) -> None:
    assert [warning.id for warning in run_checks() if warning.id.startswith("segportal")] == ["segportal.W001"]
    assert b"Audit protection is weaker" in client_of(cast.steward).get("/operations/").content


@override_settings(DATABASE_ROLES_SEPARATED=True)
def test_operations__two_database_roles__says_so(cast: SimpleNamespace, client_of: Any) -> None:
    assert not [warning for warning in run_checks() if warning.id.startswith("segportal")]
    assert b"Two database roles" in client_of(cast.steward).get("/operations/").content


def test_first_run__empty_portal__makes_the_administrator_once(client: Any) -> None:
    given = {"username": "ada", "display_name": "Ada", "password": PASSWORD}
    assert client.get("/welcome/").status_code == 200
    assert client.post("/welcome/", {**given, "password": "short"}).status_code == 422
    assert client.post("/welcome/", given)["Location"] == "/accounts/login/"
    assert client.get("/welcome/")["Location"] == "/accounts/login/"
    assert client.post("/accounts/login/", {"login": "ada", "password": PASSWORD})["Location"] == "/"


def test_sign_up__by_oneself__is_closed(client: Any) -> None:
    answer = client.post("/accounts/signup/", {"username": "eve", "password1": PASSWORD, "password2": PASSWORD})
    assert b"sessionid" not in answer.cookies.output().encode()
    assert client.post("/accounts/login/", {"login": "eve", "password": PASSWORD}).status_code == 200


def test_sign_in__wrong_password_again_and_again__even_the_right_one_waits(cast: SimpleNamespace, client: Any) -> None:
    for _ in range(6):
        client.post("/accounts/login/", {"login": "rep", "password": "wrong"})
    answer = client.post("/accounts/login/", {"login": "rep", "password": PASSWORD})
    assert answer.status_code in (200, 429)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_sign_in__foreign_next__stays_here(cast: SimpleNamespace, client: Any, target: str) -> None:
    answer = client.post(f"/accounts/login/?next={target}", {"login": "rep", "password": PASSWORD, "next": target})
    assert answer["Location"] == "/"


def test_page__unknown__is_a_page_with_a_way_on(cast: SimpleNamespace, client_of: Any) -> None:
    answer = client_of(cast.rep).get("/nothing/here/")
    assert answer.status_code == 404
    assert b"no such page" in answer.content


def test_api__unknown_path__is_a_problem_document(client: Any) -> None:
    answer = client.get("/api/v1/nothing/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_answer__headers__hold_the_policy_and_the_correlation(cast: SimpleNamespace, client_of: Any) -> None:
    answer = client_of(cast.rep).get("/me/")
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert len(answer["X-Correlation-Id"]) == 36
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_admin__superuser__may_look_and_change_nothing(cast: SimpleNamespace, client_of: Any) -> None:
    cast.administrator.is_superuser = cast.administrator.is_staff = True
    cast.administrator.save()
    browser = client_of(cast.administrator)
    assert browser.get("/admin/ledger/entry/").status_code == 200
    assert browser.get("/admin/accounts/user/add/").status_code == 403
    answer = browser.post(f"/admin/accounts/user/{cast.rep.pk}/change/", {"username": "changed"})
    assert answer.status_code == 403
    answer = browser.post(f"/admin/accounts/user/{cast.rep.pk}/delete/", {"post": "yes"})
    assert answer.status_code == 403


@pytest.mark.parametrize(("path", "kind"), [("/me/", "text/html"), ("/api/v1/ledger/", "application/problem+json")])
def test_database_away__page_and_api__say_so_and_stay_up(
    cast: SimpleNamespace, client_of: Any, monkeypatch: pytest.MonkeyPatch, path: str, kind: str
) -> None:
    """The connection is broken on purpose below the portal, as a stopped server breaks it."""
    browser = client_of(cast.rep)
    browser.raise_request_exception = False

    def away(*args: Any, **options: Any) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", away)
    answer = browser.get(path)
    assert answer.status_code == 503
    assert answer["Content-Type"].startswith(kind)
