"""Decisions about the taxonomy that take effect at the same instant."""

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from common.errors import DomainError
from ledger.models import Entry
from taxonomy.errors import ContentInvalid, KeyTaken, StaleBase
from taxonomy.models import Segment, SegmentVersion
from tests.taxonomy.stage import enact

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """What each deed gave or raised, all started at the same instant, each on a connection of its own."""
    barrier = threading.Barrier(len(deeds))
    results: list[Any] = [None] * len(deeds)

    def run(index: int, deed: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=20)
            results[index] = deed()
        except DomainError as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=40)
    return results


def test_create__two_at_once_with_one_key__one_wins(stage: SimpleNamespace) -> None:
    results = at_once(*[lambda: enact("frequent")] * 4)

    assert sum(isinstance(result, SegmentVersion) for result in results) == 1
    assert sum(isinstance(result, KeyTaken) for result in results) == 3
    assert Segment.objects.count() == 1


def test_change__two_at_once_from_one_base__one_wins(stage: SimpleNamespace) -> None:
    enact("frequent")

    results = at_once(*[lambda: enact("frequent", base=1, rule="visits > 60")] * 4)

    assert sum(isinstance(result, SegmentVersion) for result in results) == 1
    assert sum(isinstance(result, StaleBase) for result in results) == 3
    assert sorted(SegmentVersion.objects.values_list("number", "state")) == [(1, "superseded"), (2, "active")]
    assert Entry.objects.filter(event="taxonomy.version.enacted").count() == 2


def test_moves__two_at_once_that_would_close_a_circle__one_wins(stage: SimpleNamespace) -> None:
    enact("a")
    enact("b")

    results = at_once(
        lambda: enact("a", base=1, rule="IN_SEGMENT('b')"),
        lambda: enact("b", base=1, rule="IN_SEGMENT('a')"),
    )

    assert sum(isinstance(result, SegmentVersion) for result in results) == 1
    assert sum(isinstance(result, ContentInvalid) for result in results) == 1
