"""Pages and API of freezes."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

import customers.tasks
import memberships.tasks
from ledger.models import Entry
from memberships.models import Run
from safeguards.models import Freeze
from safeguards.selectors import freeze_of
from safeguards.services import lift
from tests.memberships.conftest import run_now

pytestmark = pytest.mark.django_db
Stop = Callable[..., Freeze]
FREEZES = reverse("safeguards:freezes")


def test_pages__freeze_and_lift__the_banner_comes_and_goes(grocer: SimpleNamespace, client_of: Any) -> None:
    steward, viewer = client_of(grocer.steward), client_of(grocer.viewer)
    region = reverse("safeguards:region", args=["segment", "anchors"])
    assert "Freeze it" in steward.get(region).content.decode()
    assert viewer.get(region).content.decode().strip() == ""
    begun = {"scope": "segment", "key": "anchors", "reason": "Nonsense & worse"}
    assert steward.post(reverse("safeguards:freeze"), begun).status_code == 302
    for client, has_button in ((steward, True), (viewer, False)):
        page = client.get(region).content.decode()
        assert "Nonsense &amp; worse" in page
        assert ("Lift the freeze" in page) is has_button
    found = freeze_of("segment", "anchors")
    assert found is not None
    assert viewer.post(reverse("safeguards:lift", args=[found.pk]), {"reason": "x"}).status_code == 403
    assert steward.post(reverse("safeguards:lift", args=[found.pk]), {"reason": "Mended"}).status_code == 302
    assert "Mended" in viewer.get(FREEZES).content.decode()


def test_page__no_reason_or_frozen_already__says_so_and_freezes_nothing(
    grocer: SimpleNamespace, client_of: Any, stop: Stop
) -> None:
    client = client_of(grocer.steward)
    answer = client.post(reverse("safeguards:freeze"), {"scope": "activation", "key": "", "reason": ""})
    assert answer.status_code == 422
    assert freeze_of("activation") is None
    asked = {"scope": "segment", "key": "anchors", "reason": "", "until": "2030-01-01T10:00"}
    again = client.post(reverse("safeguards:freeze"), asked).content.decode()
    assert 'name="key" value="anchors"' in again and "2030-01-01T10:00" in again, "what was typed waits for its reason"
    stop("activation")
    answer = client.post(reverse("safeguards:freeze"), {"scope": "activation", "key": "", "reason": "Again"})
    assert answer.status_code == 422
    assert "frozen already" in answer.content.decode()


def test_page__of_operations_and_of_sources__load_the_banner(
    grocer: SimpleNamespace, client_of: Any, stop: Stop
) -> None:
    stop("source", "pos")
    client = client_of(grocer.steward)
    assert reverse("safeguards:now") in client.get(reverse("operations")).content.decode()
    assert reverse("safeguards:region", args=["source", "pos"]) in client.get("/sources/pos/").content.decode()
    assert "The till sends nonsense." in client.get(reverse("safeguards:now")).content.decode()


def test_api__freeze_list_lift__as_on_the_pages(grocer: SimpleNamespace, api_of: Any) -> None:
    program = api_of(grocer.steward)

    def post(path: str, **given: Any) -> Any:
        return program.post(f"/api/v1/freezes/{path}", json.dumps(given), content_type="application/json")

    made = post("", scope="segment", key="anchors", reason="Wait.")
    assert made.status_code == 201
    assert post("", scope="segment", key="anchors", reason="Wait.").status_code == 409
    listed = program.get("/api/v1/freezes/?state=in_force").json()["results"]
    assert [each["id"] for each in listed] == [made.json()["id"]]
    lifted = post(f"{made.json()['id']}/lift/", reason="Go on.")
    assert (lifted.status_code, lifted.json()["lifted_by"]) == (200, "steward")
    assert program.get("/api/v1/freezes/?state=in_force").json()["results"] == []
    assert (
        api_of(grocer.viewer)
        .post("/api/v1/freezes/", json.dumps({"scope": "activation", "reason": "x"}), content_type="application/json")
        .status_code
        == 403
    )


def test_lifted_segment__the_fact_is_consumed_twice__asks_for_one_run(
    grocer: SimpleNamespace, client_of: Any, stop: Stop
) -> None:
    run_now()
    lift(actor=grocer.steward, freeze_id=stop("segment", "anchors").pk, reason="Mended.")
    entry = Entry.objects.get(event="safeguards.freeze.lifted")
    for _ in range(2):
        memberships.tasks.on_freeze_lifted(entry.pk)
        customers.tasks.on_freeze_lifted(entry.pk)
    assert Run.objects.filter(reason="Its freeze was lifted", segment_keys=["anchors"]).count() == 1
