"""The pure room of incoming data: facts about attributes, typing of values, checks of rows, guesses of columns."""

from customers.rows.columns import EXTERNAL_ID, guess_mapping, guess_type
from customers.rows.derivations import Derivation, read_derivation
from customers.rows.facts import RESERVED_KEYS, AttributeRow, could_be_key, ordered_value
from customers.rows.ids import checked_external_id
from customers.rows.limits import declared_of, limit_from_text, limit_words
from customers.rows.records import RowErrors, checked_row
from customers.rows.values import ValueRefused, typed_value

__all__ = [
    "EXTERNAL_ID",
    "RESERVED_KEYS",
    "AttributeRow",
    "Derivation",
    "RowErrors",
    "ValueRefused",
    "checked_external_id",
    "checked_row",
    "could_be_key",
    "declared_of",
    "guess_mapping",
    "guess_type",
    "limit_from_text",
    "limit_words",
    "ordered_value",
    "read_derivation",
    "typed_value",
]
