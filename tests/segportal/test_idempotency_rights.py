"""Idempotency-Key and rights: a kept answer is only for whoever may still ask."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from accounts.models import StoredAnswer, Token
from accounts.services import revoke_token

pytestmark = pytest.mark.django_db

BULK = "/api/v1/customers/bulk/"
BODY = json.dumps({"customers": [{"external_id": "a", "attributes": {}}]})


def post(program: Client, **headers: str) -> Any:
    return program.post(BULK, BODY, content_type="application/json", headers={"Idempotency-Key": "k1", **headers})


def test_replay__token_revoked_meanwhile__turned_away(cast: SimpleNamespace, api_of: Any) -> None:
    program = api_of(cast.steward)
    assert post(program).status_code == 200
    revoke_token(actor=cast.steward, token_id=Token.objects.get().pk)
    assert post(program).status_code == 401


def test_key__sent_with_a_token_of_nobody__keeps_nothing(db: None) -> None:
    answer = post(Client(), Authorization="Bearer sgp_0000_nothing")
    assert answer.status_code == 401
    assert not StoredAnswer.objects.exists()


def test_replay__two_people_behind_one_gateway__each_their_own(cast: SimpleNamespace, client_of: Any) -> None:
    gateway = {"Authorization": "Basic Z2F0ZTp3YXk="}
    assert post(client_of(cast.steward), **gateway).status_code == 200
    answer = post(client_of(cast.learner), **gateway)
    assert answer.status_code == 403
