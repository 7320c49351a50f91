"""Segments and versions as SQL for people who know it; a reading, never the thing that runs."""

from typing import Any

from common.clock import now
from taxonomy.errors import SqlUnavailable
from taxonomy.models import SegmentVersion
from taxonomy.rules import Rule
from taxonomy.selectors.catalogue import stored_rule
from taxonomy.selectors.overview import Overview, overview_for
from taxonomy.sql import DIALECTS, SqlReading, SqlRefusedError, sql_reading

USUAL_DIALECT = "postgres"


def sql_for(*, viewer: Any, key: str, dialect: str) -> tuple[Overview, SqlReading]:
    """The segment and the SQL of the rule that decides who is in it. Raises `SegmentUnknown` and `SqlUnavailable`."""
    found = overview_for(viewer=viewer, key=key)
    return found, _reading(stored_rule(found.effective["tree"]), dialect)


def sql_of_version(version: SegmentVersion, dialect: str) -> SqlReading:
    """The SQL of the version's own rule, without those of its parents. Raises `SqlUnavailable`."""
    return _reading(stored_rule(version.rule), dialect)


def known_dialect(asked: str | None) -> str:
    """The dialect that was asked for, or the usual one."""
    return asked if asked in DIALECTS else USUAL_DIALECT


def _reading(rule: Rule, dialect: str) -> SqlReading:
    try:
        return sql_reading(rule, dialect, as_of=now())
    except SqlRefusedError as refused:
        raise SqlUnavailable(str(refused), pointer="/dialect") from refused
