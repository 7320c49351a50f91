"""The form of a fact: what the ledger records and the routes carry."""

import dataclasses
import uuid
from datetime import date, datetime
from typing import Any, ClassVar


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value


@dataclasses.dataclass(frozen=True, kw_only=True)
class Event:
    """A fact in the past tense: ids, keys and small values, never personal data.

    `name` is `app.thing.happened`; `object_type` and `object_key` say what it is about; `sentence` is a format
    string over the payload that reads after the actor's name.
    """

    name: ClassVar[str]
    object_type: ClassVar[str]
    sentence: ClassVar[str] = ""

    @property
    def object_key(self) -> str:
        """The key of what the fact is about."""
        raise NotImplementedError

    def payload(self) -> dict[str, Any]:
        """The fields as JSON values."""
        return {field.name: _plain(getattr(self, field.name)) for field in dataclasses.fields(self)}
