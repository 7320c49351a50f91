"""The pages of runs: a word for each state, filters, folded micro-batches, manifest, repetitions, before and after."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from common.actors import SYSTEM
from common.clock import now
from customers.models import Attribute, ProfileBuild
from customers.services.profiles import merge_customers_bulk
from memberships import selectors, services
from memberships.models import Current, Run
from memberships.services.claims import claim_run
from tests.memberships.conftest import enact, run_now
from tests.memberships.test_pages import page

pytestmark = pytest.mark.django_db


def shown(run: Run) -> str:
    run.refresh_from_db()
    return selectors.shown_state(run).label


def micro_of(run: Run, count: int, **given: Any) -> None:
    """As many micro-batches as told, in the hour before the last."""
    at = now().replace(minute=5, second=0, microsecond=0) - timedelta(hours=2)
    manifest = {"segments": [{"segment": "anchors", "name": "Anchors", "version": 1, "state": "published"}]}
    facts = {"build": run.build, "output_digest": "0" * 64, "manifest": manifest | {"counts": {"moved": 1}}}
    for number in range(count):
        moment = at + timedelta(seconds=number)
        made = {"queued_at": moment, "ended_at": moment, **facts, **given}
        Run.objects.create(kind="micro", state="succeeded", trigger="profiles", scope=f"micro-{number}", **made)


def test_run_page__each_state__has_its_own_word_and_look(computed: Any, client_of: Any) -> None:
    client = client_of(computed.viewer)
    words: dict[str, str] = {"succeeded": shown(computed.first_run)}
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    words["queued"] = shown(run)
    claim_run(run.pk)
    words["running"] = shown(run)
    services.cancel_run(actor=computed.steward, run_id=run.pk)
    words["cancelled"] = shown(run)
    facts = {"started_at": now(), "pass_number": 1, "heartbeat_at": now() - timedelta(minutes=5), "ended_at": None}
    Run.objects.filter(pk=run.pk).update(state="running", **facts)
    services.reap_runs()
    words["tried again"] = shown(run)
    for state in ("failed", "superseded"):
        Run.objects.filter(pk=run.pk).update(state=state, ended_at=now())
        words[state] = shown(run)
    Attribute.objects.filter(key="has_children").update(type="text")
    words["partial"] = shown(run_now())
    assert len(set(words.values())) == len(words), words
    assert "Succeeded in part" in page(client, f"/runs/{Run.objects.latest('pk').pk}/")
    looks = {page(client, f"/runs/?state={word}").count("state--") for word in ("superseded", "partial")}
    assert 0 not in looks


def test_run_page__nothing_in_force__is_empty_and_not_succeeded(cast: Any, client_of: Any) -> None:
    run = run_now()
    assert shown(run) == "Nothing to compute"
    text = page(client_of(cast.viewer), f"/runs/{run.pk}/")
    assert "The taxonomy had no rule in force" in text


def test_runs__micro_batches__are_folded_by_the_hour_and_open_there(computed: Any, client_of: Any) -> None:
    client = client_of(computed.viewer)
    micro_of(computed.first_run, 3)
    folded = page(client, "/runs/")
    assert "3</span> short runs" in folded
    hour = f"{now() - timedelta(hours=2):%Y-%m-%dT%H}"
    assert f"?kind=micro&amp;hour={hour}" in folded
    opened = page(client, f"/runs/?kind=micro&hour={hour}")
    assert opened.count("changed customers</span>") == 3
    assert "</span> short run" not in page(client, "/runs/?kind=full&state=failed")


def test_runs__filters__narrow_and_say_when_nothing_fits(computed: Any, client_of: Any) -> None:
    client = client_of(computed.viewer)
    part = run_now("occasional")
    text = page(client, "/runs/?kind=partial")
    assert f'href="/runs/{part.pk}/"' in text and f'href="/runs/{computed.first_run.pk}/"' not in text
    assert f'href="/runs/{part.pk}/"' not in page(client, "/runs/?segment=anchors")
    assert "No run fits" in page(client, "/runs/?state=failed")
    assert f'href="/runs/{part.pk}/"' in page(client, "/runs/?kind=nonsense&hour=yesterday")


def test_run_page__succeeded__manifest_is_downloaded_as_it_is(computed: Any, client_of: Any) -> None:
    answer = client_of(computed.viewer).get(reverse("memberships:run-manifest", args=[computed.first_run.pk]))
    assert json.loads(answer.content) == Run.objects.get(pk=computed.first_run.pk).manifest
    assert "attachment" in answer["Content-Disposition"]


def test_run_page__repeat_button__queues_a_repetition_that_both_pages_show(computed: Any, client_of: Any) -> None:
    client = client_of(computed.auditor)
    url = reverse("memberships:run-repeat", args=[computed.first_run.pk])
    bad = client.post(url, {"threads": "0"}, follow=True)
    assert "was not repeated" in bad.content.decode()
    client.post(url, {"engine": "", "order": "3", "slice_rows": "65536"})
    again = Run.objects.get(kind="repeat")
    assert again.options == {"order": 3, "slice_rows": 65_536}
    services.execute_run(again.pk)
    assert "Identical" in page(client, f"/runs/{again.pk}/")
    assert f'<a href="/runs/{again.pk}/">' in page(client, f"/runs/{computed.first_run.pk}/")
    assert client_of(computed.viewer).post(url).status_code == 403


def test_run_page__build_expired__says_why_it_cannot_be_repeated(computed: Any, client_of: Any) -> None:
    ProfileBuild.objects.update(state="expired")
    url = reverse("memberships:run-repeat", args=[computed.first_run.pk])
    answer = client_of(computed.steward).post(url, {})
    assert answer.status_code == 409
    assert "have expired" in answer.content.decode()


def test_recalibration__rule_changed__size_and_value_stand_on_both_sides(computed: Any, client_of: Any) -> None:
    enact("anchors", rule="orders_90d >= 9 AND spend_365d >= 3000")
    client = client_of(computed.steward)
    client.post(reverse("memberships:run-request"), {"segment": "anchors"})
    run = Run.objects.get(state="queued")
    assert (run.kind, run.reason) == ("partial", "Recalibration")
    services.execute_run(run.pk)
    run.refresh_from_db()
    rows = {row.key: row for row in selectors.recalibration(computed.steward, run).rows}
    anchors = rows["anchors"]
    assert anchors.before is not None
    assert (anchors.before.size, anchors.after.size, anchors.entered, anchors.left) == (3, 4, 1, 0)
    assert (anchors.before.value, anchors.after.value) == (11_300.0, 15_300.0)
    assert rows["anchor-families"].before == rows["anchor-families"].after
    text = page(client, reverse("memberships:run-values", args=[run.pk]))
    assert "15,300" in text and "Spend, 365 days" in text
    masked = page(client_of(computed.viewer), reverse("memberships:run-values", args=[run.pk]))
    assert "15,300" not in masked and "Values are not shown" in masked


def test_recalibration__first_run_and_expired_build__have_no_before_and_no_value(computed: Any) -> None:
    ProfileBuild.objects.update(state="expired")
    found = selectors.recalibration(computed.steward, Run.objects.get(pk=computed.first_run.pk))
    assert {row.before for row in found.rows} == {None}
    assert (found.measure, {row.after.value for row in found.rows}) == ("", {None})


def test_alerts__nothing_wrong__are_none(computed: Any) -> None:
    assert selectors.alerts() == []


def test_alerts__waiting_silent_retrying_failing_and_old__are_each_told_with_advice(computed: Any) -> None:
    silent = services.request_run(actor=SYSTEM, trigger="version", segment_keys=["anchors"])
    claim_run(silent.pk)
    Run.objects.filter(pk=silent.pk).update(heartbeat_at=now() - timedelta(minutes=3))
    retried = services.request_run(actor=SYSTEM, trigger="version", segment_keys=["occasional"])
    Run.objects.filter(pk=retried.pk).update(attempts=1, error_code="memory")
    waiting = services.request_run(actor=SYSTEM, trigger="schedule")
    Run.objects.filter(pk=waiting.pk).update(due_at=now() - timedelta(minutes=10))
    rows = Current.objects.order_by("pk")
    Current.objects.filter(pk=rows[0].pk).update(failure="It cannot be read.", failed_run=computed.first_run)
    Current.objects.filter(pk=rows[1].pk).update(as_of=now() - timedelta(days=60))
    found = selectors.alerts()
    assert sorted(alert.kind for alert in found) == ["failing", "old", "retrying", "silent", "waiting"]
    assert all(alert.advice and alert.url for alert in found)
    assert found[0].kind == "old", "the oldest first"


def test_home__data_months_old__says_so(computed: Any, client_of: Any) -> None:
    Current.objects.update(as_of=now() - timedelta(days=60))
    assert "have old members" in page(client_of(computed.viewer), "/")


def test_customers_changed__rules_unchanged__micro_batch_can_be_repeated(computed: Any) -> None:
    rows = [{"external_id": "hh-03", "attributes": {"spend_365d": 3000}}]
    merge_customers_bulk(actor=computed.steward, rows=rows)
    published = services.publish_changes()
    assert published is not None
    enact("anchors", rule="orders_90d >= 1")
    again = services.request_repeat(actor=SYSTEM, run_id=published.run_id)
    services.execute_run(again.pk)
    again.refresh_from_db()
    assert again.manifest["comparison"]["verdict"] == "identical"
    assert again.manifest["rows"] == 1
