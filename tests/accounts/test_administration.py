"""Somebody always administers the portal, whatever happens at one instant."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.choices import Role
from accounts.models import User
from accounts.selectors import has_administrator
from accounts.services import deactivate_user, grant_role, revoke_role
from common.actors import SYSTEM
from common.errors import Conflict
from tests.factories.people import make_person


@pytest.mark.django_db
def test_administrator_of_a_branch__is_no_administrator_of_the_portal(cast: SimpleNamespace) -> None:
    grant_role(actor=SYSTEM, user_id=cast.owner.pk, role=Role.ADMINISTRATOR, branch="loyal")
    with pytest.raises(Conflict):
        revoke_role(actor=SYSTEM, user_id=cast.administrator.pk, role=Role.ADMINISTRATOR)
    assert has_administrator()


@pytest.mark.django_db
def test_deactivate__last_administrator__is_refused(cast: SimpleNamespace) -> None:
    with pytest.raises(Conflict):
        deactivate_user(actor=SYSTEM, user_id=cast.administrator.pk)
    assert User.objects.get(pk=cast.administrator.pk).is_active


@pytest.mark.django_db(transaction=True)
def test_deactivate__two_administrators_each_other_at_once__one_stays(cast: SimpleNamespace) -> None:
    second = make_person("second", roles=[(Role.ADMINISTRATOR, "")])
    held, results = threading.Event(), []

    def remove_first() -> None:
        try:
            with transaction.atomic():
                deactivate_user(actor=second, user_id=cast.administrator.pk)
                held.set()
                threading.Event().wait(0.5)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results.append(error)
        finally:
            held.set()
            connection.close()

    other = threading.Thread(target=remove_first)
    other.start()
    held.wait(timeout=20)
    with pytest.raises(Conflict):
        deactivate_user(actor=cast.administrator, user_id=second.pk)
    other.join(timeout=30)
    assert not results
    assert has_administrator()


@pytest.mark.django_db
def test_first_run__only_an_administrator_of_a_branch_is_there__is_open(client: Any) -> None:
    make_person("branch", roles=[(Role.ADMINISTRATOR, "loyal")])
    assert client.get("/welcome/").status_code == 200
