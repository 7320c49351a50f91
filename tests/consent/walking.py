"""Walking the ways to write: what is governed, seen before and after, and what the portal holds of each way."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from segportal.doors import GUARDED, RECORDED

PROGRAMS = ("/api/", "/v1/", "/ofrep/")
Found = dict[str, dict[str, str]]
"""Way -> what it changed of what is governed -> by what right."""


class Numbers(dict[str, Any]):
    """Numbers of things on the stage; whatever is not there has one that nothing has."""

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key, 999_999 if default is None else default)


class Guard:
    """Tells what changed of what is governed."""

    def __init__(self) -> None:
        self.before = self.seen()

    def seen(self) -> dict[str, str]:
        things = [
            " || ".join(
                f"(SELECT md5(coalesce(string_agg({_row(columns)}, chr(10) ORDER BY row.id), '')) FROM {table} row)"
                for table, columns in tables.items()
            )
            for tables in GUARDED.values()
        ]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(things)}")
            return dict(zip(GUARDED, cursor.fetchone(), strict=True))

    def changed(self) -> list[str]:
        after = self.seen()
        return [thing for thing in GUARDED if after[thing] != self.before[thing]]


def _row(columns: tuple[str, ...]) -> str:
    return "row::text" if columns == ("*",) else "concat_ws('|', " + ", ".join(f"row.{name}" for name in columns) + ")"


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is done within is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def end_of_transaction() -> None:
    """What a commit asks of the rows, without ending the transaction of the test."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def assert_recorded(found: Found, rights: set[str]) -> None:
    """What the portal shows of these rights is what was found; with RECORD_DOORS=1 it is written down first."""
    if os.environ.get("RECORD_DOORS"):
        others = {way: _only(changes, rights, False) for way, changes in _held().items()}
        _write({way: {**others.get(way, {}), **found.get(way, {})} for way in {*others, *found}})
    of_these = {way: _only(changes, rights, True) for way, changes in _held().items()}
    assert {way: changes for way, changes in of_these.items() if changes} == found


def assert_ways_recorded(ways: set[str]) -> None:
    """The portal shows just these ways; with RECORD_DOORS=1 they are written down first."""
    if os.environ.get("RECORD_DOORS"):
        _write({way: _held().get(way, {}) for way in ways})
    assert ways == set(_held()), "a way to write is new or gone: record it with RECORD_DOORS=1"


def _only(changes: dict[str, str], rights: set[str], within: bool) -> dict[str, str]:
    return {thing: right for thing, right in changes.items() if (right in rights) is within}


def _held() -> Found:
    return dict(json.loads(RECORDED.read_text())) if RECORDED.exists() else {}


def _write(found: Found) -> None:
    RECORDED.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
