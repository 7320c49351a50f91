"""The pages and regions of memberships: states that look different, rights, export."""

from datetime import timedelta
from typing import Any

import pytest

from common.actors import SYSTEM
from common.clock import now
from customers.services.profiles import merge_customers_bulk
from memberships import services
from memberships.models import Delta, Run, Snapshot
from memberships.services.claims import claim_run
from tests.factories.grocer import MEMBERS
from tests.memberships.conftest import enact, run_now

pytestmark = pytest.mark.django_db


def page(client: Any, address: str, status: int = 200, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == status, answer.content[:500]
    text: str = answer.content.decode()
    return text


def test_segment_size__fresh_stale_empty_and_not_computed__look_different(computed: Any, client_of: Any) -> None:
    client = client_of(computed.viewer)
    fresh = page(client, "/memberships/size/anchors/")
    assert "Members, exact" in fresh and ">3<" in fresh and f"run {computed.first_run.pk}" in fresh
    assert "every 2s" not in fresh
    enact("anchors", name="Anchor homes")
    behind = page(client, "/memberships/size/anchors/")
    assert "Out of date" in behind and "every 2s" in behind, "its run may not have been asked for yet"
    enact("nobody", kind="create", parent=None, rule="orders_90d > 999")
    missing = page(client, "/memberships/size/nobody/")
    assert "every 2s" in missing
    assert "Not computed yet" in missing and "Members, exact" not in missing
    run_now("nobody")
    empty = page(client, "/memberships/size/nobody/")
    assert "no customer fits" in empty and "Not computed" not in empty


def test_segment_size__run_open__asks_again_until_it_has_ended(computed: Any, client_of: Any) -> None:
    client = client_of(computed.viewer)
    assert "every 2s" not in page(client, "/memberships/size/anchors/")
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    assert "every 2s" in page(client, "/memberships/size/anchors/")
    services.execute_run(run.pk)
    assert "every 2s" not in page(client, "/memberships/size/anchors/")


def test_tree_sizes__each_segment__goes_to_its_place(computed: Any, client_of: Any) -> None:
    text = page(client_of(computed.viewer), "/memberships/sizes/")
    for key in MEMBERS:
        assert f'id="size-{key}" hx-swap-oob="true"' in text


def test_members__rep__sees_ids_since_when_and_jumps(computed: Any, client_of: Any) -> None:
    client = client_of(computed.rep)
    text = page(client, "/segments/households/members/")
    assert all(each in text for each in MEMBERS["households"])
    assert "First computation" in text
    jumped = page(client, "/segments/households/members/?customer=hh-07")
    assert "hh-06</bdi>" not in jumped and "hh-07</bdi>" in jumped
    missing = page(client, "/segments/anchors/members/?customer=hh-03")
    assert "hh-03 is not a member" in missing and "/customers/hh-03/why/anchors/" in missing
    assert "There is no customer" in page(client, "/segments/anchors/members/?customer=zebra")


def test_members__at_a_past_instant__shows_who_was_in(computed: Any, client_of: Any) -> None:
    Run.objects.filter(pk=computed.first_run.pk).update(ended_at=now() - timedelta(days=1))
    yesterday = now() - timedelta(days=1)
    for rows in (Snapshot, Delta):
        rows.objects.update(published_at=yesterday)
    merge_customers_bulk(actor=computed.steward, rows=[{"external_id": "hh-01", "attributes": {"orders_90d": 0}}])
    run_now()
    client = client_of(computed.rep)
    assert "hh-01</bdi>" not in page(client, "/segments/anchors/members/")
    early = page(client, "/segments/anchors/members/?at=2020-01-01T00:00")
    assert "had not been computed at that time" in early
    then = page(client, f"/segments/anchors/members/?at={now() - timedelta(hours=1):%Y-%m-%dT%H:%M}")
    assert "hh-01</bdi>" in then
    assert "has not come yet" in page(client, "/segments/anchors/members/?at=2999-01-01T00:00", 422)


@pytest.mark.parametrize("name", ["viewer", "learner"])
def test_members__viewer_without_rights__reads_why_and_who(computed: Any, client_of: Any, name: str) -> None:
    text = page(client_of(getattr(computed, name)), "/segments/anchors/members/", 403)
    assert "not open to you" in text and "reps, stewards" in text and "hh-0" not in text
    page(client_of(getattr(computed, name)), "/segments/anchors/members/export/", 403)


def test_export__ids_that_a_spreadsheet_would_run__are_made_harmless(computed: Any, client_of: Any) -> None:
    rows = [{"external_id": "=cmd()", "attributes": {"orders_90d": 40, "spend_365d": 9000}}]
    merge_customers_bulk(actor=computed.steward, rows=rows)
    run = run_now()
    answer = client_of(computed.rep).get("/segments/anchors/members/export/")
    lines = b"".join(answer.streaming_content).decode().split()
    assert lines == ["external_id", *MEMBERS["anchors"], "'=cmd()"]
    assert f"anchors-version-1-run-{run.pk}.csv" in answer["Content-Disposition"]


def test_runs__steward__requests_follows_cancels_and_repeats(computed: Any, client_of: Any) -> None:
    client = client_of(computed.steward)
    answer = client.post("/runs/request/")
    run = Run.objects.get(state="queued")
    assert answer["Location"] == f"/runs/{run.pk}/"
    assert "Waiting for a worker" in page(client, "/runs/") and "every 2s" in page(client, f"/runs/{run.pk}/")
    claim_run(run.pk)
    assert "Reading the customers" in page(client, f"/runs/{run.pk}/progress/")
    client.post(f"/runs/{run.pk}/cancel/")
    text = page(client, f"/runs/{run.pk}/")
    assert "Nothing of this run was published" in text and "every 2s" not in text
    assert client.get(f"/runs/{run.pk}/progress/")["HX-Refresh"] == "true"
    client.post(f"/runs/{run.pk}/retry/")
    assert Run.objects.filter(state="queued").count() == 1


def test_runs__rep__sees_all_but_the_deeds_say_why_not(computed: Any, client_of: Any) -> None:
    client = client_of(computed.rep)
    assert "Only a steward, an administrator or the owner" in page(client, "/runs/")
    assert client.post("/runs/request/").status_code == 403
    assert Run.objects.count() == 1


def test_run__finished__shows_manifest_digests_and_time(computed: Any, client_of: Any) -> None:
    text = page(client_of(computed.viewer), f"/runs/{computed.first_run.pk}/")
    for expected in (
        computed.first_run.output_digest[:16],
        "Where the time went",
        "Polars",
        "anchor-families",
        "Published",
    ):
        assert expected in text
    page(client_of(computed.viewer), "/runs/0/", 404)


def test_run__in_part_and_failed__look_different_from_success(computed: Any, client_of: Any) -> None:
    from customers.models import Attribute

    Attribute.objects.filter(key="spend_365d").update(type="text")
    enact("quiet", kind="create", parent=None, rule="orders_90d < 2")
    part = run_now()
    client = client_of(computed.viewer)
    text = page(client, f"/runs/{part.pk}/")
    assert "Succeeded in part" in text and "text now, not number" in text
    failed = run_now("anchors")
    text = page(client, f"/runs/{failed.pk}/")
    assert "The run failed" in text
    assert "Out of date" in page(client, "/memberships/size/anchors/")


def test_customer_segments__rep__chips_with_why(computed: Any, client_of: Any) -> None:
    text = page(client_of(computed.rep), "/memberships/customer/hh-02/")
    assert "Anchor families" in text and "/customers/hh-02/why/anchors/" in text and "since" in text
    assert "In no segment" in page(client_of(computed.rep), "/memberships/customer/hh-12/")
    page(client_of(computed.viewer), "/memberships/customer/hh-02/", 403)


def test_explanation__page_and_region__say_true_false_and_not_known(computed: Any, client_of: Any) -> None:
    client = client_of(computed.rep)
    whole = page(client, "/customers/hh-04/why/anchors/")
    assert "<html" in whole and "is not in" in whole and "Orders, 90 days: 9 orders, from Point of sale" in whole
    region = page(client, "/customers/hh-04/why/anchors/", **{"HX-Request": "true"})
    assert "<html" not in region and "truth--false" in region and "truth--true" in region
    assert "truth--unknown" in page(client, "/customers/hh-10/why/anchors/")
    masked = page(client_of(computed.auditor), "/customers/hh-02/why/anchor-families/")
    assert "Has children: not shown to you" in masked


def test_explanation__not_computed__says_so(grocer: Any, client_of: Any) -> None:
    assert "Not computed" in page(client_of(grocer.rep), "/customers/hh-01/why/anchors/")
