"""What the database itself refuses, whoever asks."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction

from common.clock import now
from taxonomy.models import Enactment, Segment, SegmentVersion
from tests.taxonomy.stage import enact

pytestmark = pytest.mark.django_db

CONTENT_COLUMNS = {
    "number": "99",
    "name": "'Other'",
    "meaning": "'Other'",
    "rule": "'{}'",
    "rule_text": "'TRUE'",
    "words": "'other'",
    "attribute_keys": "'{}'",
    "rationale": "'Other'",
    "expected_outcome": "'Other'",
    "digest": "'0'",
    "tier": "'persona'",
    "enacted_at": "now()",
    "created_by_id": "NULL",
    "data_owner_id": "(SELECT max(id) FROM accounts_user)",
}


def refused(statement: str, *values: object) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize("column", sorted(CONTENT_COLUMNS))
def test_version__content_column_updated__is_refused(stage: SimpleNamespace, column: str) -> None:
    enact("frequent", actor=stage.owner)

    assert refused(f"UPDATE taxonomy_segmentversion SET {column} = {CONTENT_COLUMNS[column]}")


def test_version__deleted__is_refused(stage: SimpleNamespace) -> None:
    enact("frequent")

    assert refused("DELETE FROM taxonomy_segmentversion")
    assert SegmentVersion.objects.count() == 1


def test_version__brought_back_after_its_end__is_refused(stage: SimpleNamespace) -> None:
    enact("frequent")
    enact("frequent", base=1, rule="visits > 60")

    assert refused("UPDATE taxonomy_segmentversion SET state = 'active', ended_at = NULL WHERE number = 1")
    assert refused("UPDATE taxonomy_segmentversion SET ended_at = now() WHERE number = 1")


def test_version__second_active_one__is_refused(stage: SimpleNamespace) -> None:
    version = enact("frequent")

    version.pk, version.number = None, 2
    with pytest.raises(IntegrityError, match="version_one_active_per_segment"), transaction.atomic():
        version.save(force_insert=True)


def test_version__number_used_twice__is_refused(stage: SimpleNamespace) -> None:
    version = enact("frequent")

    version.pk, version.state, version.ended_at = None, "superseded", now()
    with pytest.raises(IntegrityError, match="version_number_unique"), transaction.atomic():
        version.save(force_insert=True)


def test_segment__key_changed_or_row_deleted__is_refused(stage: SimpleNamespace) -> None:
    enact("frequent")
    Segment.objects.create(key="bare", created_at=now())

    assert refused("UPDATE taxonomy_segment SET key = 'other' WHERE key = 'frequent'")
    assert refused("DELETE FROM taxonomy_segment WHERE key = 'bare'")


def test_segment__retired_one_set_active__is_refused(stage: SimpleNamespace) -> None:
    Segment.objects.create(key="bare", created_at=now(), status="retired", retired_at=now())

    assert refused("UPDATE taxonomy_segment SET status = 'active', retired_at = NULL")


def test_segment__successor_of_one_in_use__is_refused(stage: SimpleNamespace) -> None:
    enact("frequent")
    enact("big", name="Big")

    assert refused(
        "UPDATE taxonomy_segment SET successor_id = (SELECT id FROM taxonomy_segment WHERE key = 'big')"
        " WHERE key = 'frequent'"
    )


def test_enactment__changed_or_deleted__is_refused(stage: SimpleNamespace) -> None:
    enact("frequent")

    assert refused("UPDATE taxonomy_enactment SET request_ref = '7'")
    assert refused("DELETE FROM taxonomy_enactment")
    assert Enactment.objects.count() == 1


def test_enactment__without_request__is_refused(stage: SimpleNamespace) -> None:
    version = enact("frequent")

    with pytest.raises(IntegrityError, match="enactment_names_its_request"), transaction.atomic():
        Enactment.objects.create(kind="retire", version=version, previous=version, request_ref="", at=now())


def test_guards__taken_back_and_brought_again__hold_as_before(stage: SimpleNamespace) -> None:
    guards = import_module("taxonomy.migrations.0002_guards")
    with connection.cursor() as cursor:
        cursor.execute(guards.BACKWARD)
        cursor.execute(
            "SELECT count(*) FROM pg_trigger"
            " WHERE tgname IN ('taxonomy_version_guard', 'taxonomy_enactment_guard', 'taxonomy_segment_guard')"
        )
        assert cursor.fetchone() == (0,)
        cursor.execute(guards.FORWARD)

    enact("frequent")
    assert refused("UPDATE taxonomy_segmentversion SET name = 'Other'")
