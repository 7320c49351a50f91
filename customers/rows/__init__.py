"""The pure room of incoming data: facts about attributes, typing of values, checks of rows, guesses of columns."""

from customers.rows.columns import EXTERNAL_ID, guess_mapping, guess_type
from customers.rows.facts import RESERVED_KEYS, AttributeRow, could_be_key
from customers.rows.ids import checked_external_id
from customers.rows.records import RowErrors, checked_row
from customers.rows.values import ValueRefused, typed_value

__all__ = [
    "EXTERNAL_ID",
    "RESERVED_KEYS",
    "AttributeRow",
    "RowErrors",
    "ValueRefused",
    "checked_external_id",
    "checked_row",
    "could_be_key",
    "guess_mapping",
    "guess_type",
    "typed_value",
]
