"""While all activation is frozen, flags answer as then and nobody is told."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from activation.models import Notice, Step
from activation.services import announce_version, send_due_steps
from common.clock import now
from customers.services.profiles import merge_customers_bulk
from safeguards.models import Freeze
from safeguards.services import lift
from tests.memberships.conftest import enact, run_now

pytestmark = pytest.mark.django_db
Stop = Callable[..., Freeze]
BULK = "/ofrep/v1/evaluate/flags"


def flag(program: Any, key: str, customer: str) -> Any:
    body = json.dumps({"context": {"targetingKey": customer}})
    return program.post(f"{BULK}/{key}", body, content_type="application/json")


def test_flags__activation_frozen__answer_as_they_stood_and_say_why(
    computed: SimpleNamespace, stop: Stop, api_of: Any
) -> None:
    program = api_of(computed.rep, scopes=("read",))
    frozen = stop("activation")
    merge_customers_bulk(
        actor=computed.steward, rows=[{"external_id": "hh-01", "attributes": {"orders_90d": 1}}], source_key="pos"
    )
    enact("brand-new", "create", tier="segment", parent="households", rule="orders_90d >= 0")
    run_now()
    answer = flag(program, "anchors", "hh-01").json()
    assert (answer["value"], answer["reason"]) == (True, "STALE")
    assert answer["metadata"]["frozen"] == "The till sends nonsense."
    assert flag(program, "brand-new", "hh-01").status_code == 404
    lift(actor=computed.steward, freeze_id=frozen.pk, reason="Mended.")
    answer = flag(program, "anchors", "hh-01").json()
    assert (answer["value"], answer["reason"], "frozen" in answer["metadata"]) == (False, "DEFAULT", False)
    assert flag(program, "brand-new", "hh-01").json()["value"] is True


def test_flag__its_segment_is_frozen__keeps_its_value_and_is_stale(
    computed: SimpleNamespace, stop: Stop, api_of: Any
) -> None:
    stop("segment", "anchors")
    merge_customers_bulk(actor=computed.steward, rows=[{"external_id": "hh-01", "attributes": {"orders_90d": 1}}])
    run_now()
    answer = flag(api_of(computed.rep, scopes=("read",)), "anchors", "hh-01").json()
    assert (answer["value"], answer["reason"]) == (True, "STALE")


def test_notices__activation_frozen__wait_and_go_out_after_lifting(computed: SimpleNamespace, stop: Stop) -> None:
    frozen = stop("activation")
    announce_version(entry_id=1, at=now(), segment_key="anchors", version_number=1, is_new=True, request_ref="")
    assert send_due_steps() == 0
    assert set(Step.objects.values_list("state", flat=True)) == {"waiting"}
    assert not Notice.objects.exists()
    lift(actor=computed.steward, freeze_id=frozen.pk, reason="Mended.")
    assert send_due_steps() == 1
    assert Notice.objects.exists()
