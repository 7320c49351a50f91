"""Packing changes, thinning snapshots: everything that was told of the past is told the same afterwards."""

import os
import random
import signal
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from common.clock import now
from customers.models import Customer
from memberships import selectors
from memberships.choices import Cause
from memberships.errors import NotComputed
from memberships.models import Delta, DeltaPack, Run, Snapshot
from memberships.selectors.deltas import delta_heads, deltas_between, heads_at, moves_between
from memberships.selectors.invariants import breaches
from memberships.selectors.reading import Position, folds_at
from memberships.selectors.recent import moved_since
from memberships.services import compaction
from tests.memberships.conftest import enact
from tests.memberships.histories import Writer, forget, written

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "PACK_CHANGES", 9)


def members(key: str, at: Any) -> Any:
    try:
        page = selectors.members_page(key=key, at=at)
    except NotComputed:
        return None
    return page.external_ids, page.version_number, page.run_id, page.as_of, page.published_at


def walk(key: str, since: Any) -> list[Any]:
    """All changes by pages, glued where a change was cut."""
    found: dict[int, list[Any]] = {}
    begin: tuple[int, int] | None = (0, 0)
    while begin is not None:
        page = selectors.changes_since(key, since, begin=begin, limit=3)
        for row in page.rows:
            name = (row.run_id, row.cause)
            kept = found.setdefault(name, [row.at, row.version_number, row.previous_version_number, [], []])
            kept[3] += row.entered
            kept[4] += row.left
        begin = page.next
    return list(found.items())


def told(keys: list[str], instants: list[Any], ordinals: list[int]) -> dict[str, Any]:
    """Every question about the past, answered."""
    found: dict[str, Any] = {}
    ids = list(Customer.objects.order_by("ordinal").values_list("external_id", flat=True))
    for at in instants:
        found[f"segments {at}"] = [selectors.segments_of(each, at) for each in ids[:2]]
        found[f"heads {at}"] = heads_at(at)
        found[f"recent {at}"] = moved_since(at)
    for key in keys:
        segment_id = Delta.objects.model.segment.field.related_model.objects.get(key=key).pk
        heads = delta_heads([segment_id])
        found[f"changes {key}"] = heads, list(deltas_between([segment_id]))
        found[f"history {key}"] = [selectors.history_of(each, key) for each in ordinals]
        found[f"walk {key}"] = walk(key, None), walk(key, instants[len(instants) // 2])
        sizes = selectors.size_history(key)
        found[f"sizes {key}"] = (
            max(each.value for each in sizes),
            min(each.value for each in sizes),
            sizes[-1].value,
            sum(each.entered for each in sizes),
            sum(each.left for each in sizes),
            [each.version_number for each in sizes if each.is_new_version],
        )
        for at in instants:
            found[f"members {key} {at}"] = members(key, at)
            found[f"since {key} {at}"] = selectors.entered_since(key, ids[:2], at)
        for first, last in zip(heads[::7], heads[5::7], strict=False):
            found[f"moves {key} {first.number}"] = moves_between(segment_id, first.number, last.number)
            position = Position(segment_id, 0, last.number)
            found[f"state {key} {last.number}"] = set(folds_at([position])[position].members)
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_compact_history__random_histories__every_answer_about_the_past_stays(
    computed: Any, settings: Any, seed: int
) -> None:
    enact("anchors", rule="orders_90d >= 20")
    writers = [
        written("anchors", seed=seed, changes=16),
        written("occasional", seed=seed + 50, changes=9, retired=seed == 2),
    ]
    keys, rng = ["anchors", "occasional"], random.Random(seed)
    moments = list(Delta.objects.values_list("published_at", flat=True).distinct())
    begin = min(writer.at for writer in writers) - timedelta(days=400)
    instants = [begin, *(rng.choice(moments) for _ in range(3)), rng.choice(moments) - timedelta(microseconds=1)]
    forget()
    before = told(keys, instants, writers[0].ordinals[:4])
    for days in (rng.randint(280, 299), rng.randint(0, 290)):
        settings.SEGPORTAL_DELTAS_LOOSE_DAYS = days
        compaction.compact_history()
        assert told(keys, instants, writers[0].ordinals[:4]) == before, "as the process remembers it"
        forget()
        assert told(keys, instants, writers[0].ordinals[:4]) == before, "as it is read"
        assert breaches() == []
    assert DeltaPack.objects.filter(count__gt=1).exists(), "the test would prove nothing"


def steady(changes: int, *, days: int) -> Writer:
    """A first computation so many days ago, and a move of one customer every 18 hours after it."""
    writer = Writer("anchors", begin=now() - timedelta(days=days))
    writer.change((Cause.FIRST, set(writer.ordinals), set()), later=timedelta(0), snapshot=True)
    for place in range(changes):
        mover = {writer.ordinals[place % 5]}
        parts = (Cause.DATA, mover - set(writer.members), mover & set(writer.members))
        writer.change(parts, later=timedelta(hours=18))
    writer.stand()
    return writer


def test_compact_history__old_and_young_changes__packs_the_old_alone_in_full_packs(computed: Any) -> None:
    writer = steady(25, days=20)
    assert Delta.objects.filter(segment_id=writer.segment_id, published_at__lt=now() - timedelta(days=7)).count() == 18
    done = compaction.compact_history()
    assert (done.segments, done.changes, done.packs) == (1, 18, 2)
    assert Delta.objects.filter(segment_id=writer.segment_id).count() == 8
    assert list(DeltaPack.objects.values_list("count", flat=True)) == [9, 9]
    assert compaction.compact_history().changes == 0, "done is done"


def test_compact_history__more_are_old_later__fills_the_open_pack(computed: Any, settings: Any) -> None:
    writer = steady(12, days=20)
    heads = delta_heads([writer.segment_id])
    settings.SEGPORTAL_DELTAS_LOOSE_DAYS = 18
    compaction.compact_history()
    assert DeltaPack.objects.get().count == 3
    settings.SEGPORTAL_DELTAS_LOOSE_DAYS = 0
    compaction.compact_history()
    assert list(DeltaPack.objects.filter(segment_id=writer.segment_id).values_list("count", flat=True)) == [9, 4]
    assert delta_heads([writer.segment_id]) == heads


def test_compact_history__very_many_young_changes__leaves_the_newest(computed: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(compaction, "LOOSE_MOST", 12)
    monkeypatch.setattr(compaction, "LOOSE_KEPT", 6)
    writer = written("anchors", seed=5, changes=16, begin=now() - timedelta(minutes=30))
    before = list(deltas_between([writer.segment_id]))
    compaction.compact_history()
    loose = Delta.objects.filter(segment_id=writer.segment_id)
    assert 6 <= loose.count() <= 9
    packed_runs = {record.run_id for record in before} - set(loose.values_list("run_id", flat=True))
    assert DeltaPack.objects.exists() and packed_runs, "a run is packed whole or not at all"
    assert list(deltas_between([writer.segment_id])) == before


def test_compact_history__removing_fails__leaves_everything_as_it_was(computed: Any, settings: Any) -> None:
    settings.SEGPORTAL_DELTAS_LOOSE_DAYS = 0
    writer = written("anchors", seed=6, changes=12)
    before = list(deltas_between([writer.segment_id]))
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;"
            "CREATE TRIGGER stay BEFORE DELETE ON memberships_delta FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.stay()"
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        compaction.compact_history()
    assert not DeltaPack.objects.exists()
    assert list(deltas_between([writer.segment_id])) == before


def harm(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
    forget()


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE memberships_deltapack SET content = set_byte(content, length(content) - 9, 7)", "cannot be opened"),
        ("UPDATE memberships_deltapack SET digest = repeat('0', 64)", "is not what was packed"),
        ("UPDATE memberships_deltapack SET left_count = left_count + 1", "something else about itself"),
        ("DELETE FROM memberships_deltapack WHERE id = (SELECT min(id) FROM memberships_deltapack)", "add up"),
        ("UPDATE memberships_snapshot SET size = size + 1", "are not those that were published"),
        ("UPDATE memberships_current SET through = through - 1", "does not stand at its newest change"),
    ],
)
def test_breaches__history_was_tampered_with__names_it(computed: Any, settings: Any, sql: str, words: str) -> None:
    settings.SEGPORTAL_DELTAS_LOOSE_DAYS = 0
    written("anchors", seed=7, changes=12)
    compaction.compact_history()
    assert breaches() == []
    harm(sql)
    assert words in " ".join(breaches())


def test_compact_history__open_pack_was_tampered_with__refuses_to_write_it_anew(computed: Any, settings: Any) -> None:
    writer = steady(12, days=20)
    settings.SEGPORTAL_DELTAS_LOOSE_DAYS = 18
    compaction.compact_history()
    harm("UPDATE memberships_deltapack SET digest = repeat('0', 64)")
    loose = Delta.objects.filter(segment_id=writer.segment_id).count()
    settings.SEGPORTAL_DELTAS_LOOSE_DAYS = 0
    with pytest.raises(compaction.PackDiffers, match="does not have its digest"):
        compaction.compact_history()
    assert Delta.objects.filter(segment_id=writer.segment_id).count() == loose


def test_thin_snapshots__many__keeps_one_a_day_then_one_a_month(computed: Any) -> None:
    at = now()
    writer = Writer("anchors", begin=at - timedelta(days=95))
    writer.change((Cause.FIRST, set(writer.ordinals), set()), later=timedelta(0), snapshot=True)
    for _ in range(95):
        writer.at += timedelta(days=2) if writer.at < at - timedelta(days=33) else timedelta(hours=12)
        writer.snapshot(Run(pk=writer.run().pk), Delta.objects.latest("pk").pk)
        if writer.at > at - timedelta(hours=13):
            break
    writer.stand()
    other = Snapshot.objects.exclude(segment_id=writer.segment_id).count()
    compaction.thin_snapshots(at)
    kept = list(Snapshot.objects.filter(segment_id=writer.segment_id).values_list("published_at", flat=True))
    young = [each.date() for each in kept if each >= at - timedelta(days=30)]
    old = [each.strftime("%Y-%m") for each in kept if each < at - timedelta(days=30)]
    assert len(young) == len(set(young)) >= 29
    assert len(old) == len(set(old)) >= 3
    assert max(kept) == writer.at
    assert Snapshot.objects.exclude(segment_id=writer.segment_id).count() == other
    assert compaction.thin_snapshots(at) == 0


def test_members_page__compacted_between_two_pages__goes_on_as_it_began(computed: Any, settings: Any) -> None:
    settings.SEGPORTAL_DELTAS_LOOSE_DAYS = 0
    begin_at = (now() - timedelta(days=120)).replace(day=5)
    writer = Writer("anchors", begin=begin_at)
    writer.change((Cause.FIRST, set(writer.ordinals[:6]), set()), later=timedelta(0), snapshot=True)
    writer.change((Cause.DATA, set(writer.ordinals[6:8]), set()), later=timedelta(hours=1), snapshot=True)
    for place in range(4):
        writer.change((Cause.DATA, set(), {writer.ordinals[place]}), later=timedelta(days=20), snapshot=True)
    writer.stand()
    then = begin_at + timedelta(minutes=30)
    first = selectors.members_page(key="anchors", at=then, limit=3)
    compaction.compact_history()
    forget()
    assert not Snapshot.objects.filter(pk=first.position.snapshot_id).exists(), "the test would prove nothing"
    begin = (first.position.snapshot_id, first.position.through)
    rest = selectors.members_page(key="anchors", at=then, after=first.next or 0, begin=begin)
    assert len(first.external_ids + rest.external_ids) == first.total == 6
    assert (rest.version_number, rest.run_id) == (first.version_number, first.run_id)


def test_slim_manifests__old_micro_batch__keeps_the_numbers(computed: Any, settings: Any) -> None:
    settings.SEGPORTAL_RUN_DAYS = 30
    writer = Writer("anchors", begin=now() - timedelta(days=40))
    old = writer.run()
    writer.at = now() - timedelta(days=10)
    young = writer.run()
    assert compaction.slim_manifests(now()) == 1
    old.refresh_from_db()
    young.refresh_from_db()
    assert old.manifest["segments"] == [{"segment": "x", "entered": 1}]
    assert "rules" not in old.manifest and old.output_digest == "0" * 64
    assert "rules" in young.manifest
    assert compaction.slim_manifests(now()) == 0


PROGRAM = """
import django; django.setup()
from django.conf import settings
settings.SEGPORTAL_DELTAS_LOOSE_DAYS = 0
from memberships.services.compaction import compact_history
print("begun", flush=True)
compact_history()
"""


@pytest.mark.django_db(transaction=True)
def test_compact_history__killed_in_the_middle__loses_nothing(computed: Any) -> None:
    writer = written("anchors", seed=9, changes=14)
    before = list(deltas_between([writer.segment_id]))
    database = connection.settings_dict
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    url = f"postgresql://{database['USER']}@:{database['PORT'] or 5432}/{database['NAME']}?host={host}"
    with transaction.atomic(), connection.cursor() as cursor:
        # Whoever removes a change must wait for this; packs are written by then.
        cursor.execute("LOCK TABLE memberships_delta IN SHARE MODE")
        worker = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "segportal.settings.test"},
            stdout=subprocess.PIPE,
        )
        try:
            assert worker.stdout is not None and worker.stdout.readline() == b"begun\n"
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'DELETE%'"
            count = 0
            while not count:
                assert worker.poll() is None, "it ended before it could be killed"
                cursor.execute("SELECT pg_sleep(0.05), pg_stat_clear_snapshot()")
                cursor.execute(waiting)
                count = cursor.fetchone()[0]
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.communicate()
    forget()
    assert list(deltas_between([writer.segment_id])) == before
    assert not DeltaPack.objects.exists()
