"""A rule read as SQL for other engines: for people who know SQL and for the tests; the portal itself never runs it."""

from taxonomy.sql.dialects import DIALECTS, SqlRefusedError
from taxonomy.sql.reading import Column, SqlReading, columns_of, sql_reading, to_sql

__all__ = ["DIALECTS", "Column", "SqlReading", "SqlRefusedError", "columns_of", "sql_reading", "to_sql"]
