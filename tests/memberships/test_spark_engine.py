"""The rules as Spark SQL on a standalone cluster of two workers: the same digests as Polars."""

import sys
from typing import Any

import pytest

from common.actors import SYSTEM
from customers.services.builds import build_profiles
from customers.services.profiles import merge_customers_bulk
from memberships import services
from memberships.choices import RunState
from memberships.engines import chosen
from memberships.engines.spark_engine import statement_of
from memberships.errors import EngineUnavailable
from memberships.models import Run
from taxonomy.selectors import active_rules
from tests.memberships.conftest import enact, run_now

pytestmark = pytest.mark.django_db


@pytest.mark.timeout(600)
@pytest.mark.xdist_group("spark")
def test_spark__cluster_of_two_workers__same_digests_as_polars_with_overlay_and_references(
    grocer: Any, spark: Any
) -> None:
    enact("deli", kind="create", parent=None, rule="CONTAINS(departments, 'Deli') OR main_department = 'Deli'")
    enact("lately", kind="create", parent=None, rule="last_order_on >= DATE '2026-10-01' AND NOT IN_SEGMENT('deli')")
    quiet = "IN_SEGMENT('anchors') AND LOWER(main_department) <> 'deli'"
    enact("quiet", kind="create", parent="households", rule=quiet)
    rows = [{"external_id": f"hh-2{number}", "attributes": {"orders_90d": number}} for number in range(30)]
    merge_customers_bulk(actor=grocer.steward, rows=rows[1:])
    build_profiles(actor=SYSTEM)
    merge_customers_bulk(actor=grocer.steward, rows=rows[:1])
    run = run_now()
    assert run.build.overlay_path, "one of forty customers is an overlay"
    again = services.request_repeat(actor=SYSTEM, run_id=run.pk, options={"engine": "spark", "order": 2})
    assert services.execute_run(again.pk) == RunState.SUCCEEDED
    again.refresh_from_db()
    assert again.manifest["comparison"] == {**again.manifest["comparison"], "verdict": "identical", "segments": 7}
    assert again.manifest["engine"]["name"] == "spark"
    assert spark.sparkContext.master.startswith("spark://")


def test_spark__attribute_of_another_type_or_gone__fails_that_rule_and_what_refers_to_it(grocer: Any) -> None:
    enact("of-anchors", kind="create", parent=None, rule="IN_SEGMENT('anchors')")
    enact("parents", kind="create", parent=None, rule="has_children")
    build = build_profiles(actor=SYSTEM)
    build.schema = {**build.schema, "orders_90d": "text"}
    failures: dict[str, str] = {}
    rules = {rule.key: rule.rule for rule in active_rules()}
    _, names = statement_of(build, rules, build.as_of, failures)
    assert names == ["parents"]
    assert set(failures) == {"households", "anchors", "occasional", "anchor-families", "of-anchors"}


def test_spark__not_installed__run_fails_at_once_and_says_what_to_do(
    computed: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(EngineUnavailable, match="install pyspark"):
        chosen("spark").evaluate(build_profiles(actor=SYSTEM), [], computed.first_run.as_of)
    settings.SEGPORTAL_ENGINE = "spark"
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    assert services.execute_run(run.pk) == RunState.FAILED
    found = Run.objects.get(pk=run.pk)
    assert (found.error_code, found.attempts) == ("engine_unavailable", 1)
    assert "install pyspark" in found.error_advice
