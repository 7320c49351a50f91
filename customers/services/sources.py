"""Defines sources, and records what came from them."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.selectors import user_by_username
from common.actors import Actor
from common.clock import now
from common.errors import DomainError
from common.keys import check_key
from common.texts import clean_text
from customers.choices import SourceKind
from customers.errors import InvalidSource, StaleBase
from customers.events import SourceDefined
from customers.models import ImportJob, Source, SourceLoad
from customers.policies import SourcePolicy
from ledger.services import announce

_FIELDS = ("name", "kind", "description", "freshness_hours", "steward")
_TEN_YEARS = 87_600


def _checked(content: Mapping[str, Any], key: str) -> dict[str, Any]:
    errors: list[dict[str, Any]] = []
    made: dict[str, Any] = {}

    def read(field: str, value: Any) -> None:
        try:
            made[field] = value()
        except DomainError as error:
            errors.extend({**item, "pointer": item.get("pointer") or f"/{field}"} for item in error.errors)

    read("key", lambda: check_key(key))
    read("name", lambda: clean_text(content.get("name"), pointer="/name", max_length=120))
    read(
        "description",
        lambda: clean_text(
            content.get("description"), pointer="/description", max_length=4000, required=False, lines=True
        ),
    )
    read("kind", lambda: _kind(content.get("kind")))
    read("freshness_hours", lambda: _hours(content.get("freshness_hours", 24)))
    read("steward", lambda: user_by_username(str(content["steward"])[:150]) if content.get("steward") else None)
    for field in sorted(set(content) - set(_FIELDS)):
        detail = f"There is no such field. Known: {', '.join(_FIELDS)}."
        errors.append({"code": "unknown_field", "detail": detail, "pointer": f"/{field}"})
    if errors:
        raise InvalidSource(errors[0]["detail"], errors=errors)
    return {field: made[field] for field in _FIELDS}


def _kind(value: Any) -> str:
    if value not in SourceKind.values:
        raise InvalidSource(f"Choose one of: {', '.join(SourceKind.values)}.", code="not_a_choice", pointer="/kind")
    return str(value)


def _hours(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _TEN_YEARS:
        raise InvalidSource(
            f"This must be a whole number of hours from 1 to {_TEN_YEARS:,}.", pointer="/freshness_hours"
        )
    return value


@transaction.atomic
def define_source(*, actor: Actor, key: str, content: Mapping[str, Any], base_version: int | None = None) -> Source:
    """Create the source of that key, or replace what is said of it (name, kind, description, freshness_hours, steward).

    Refuses: `NotAllowed`; `InvalidSource`; `StaleBase` when `base_version` is given and it is not the version any more.
    Announces: `customers.source.defined`, unless nothing changed.
    """
    SourcePolicy().require(actor, "define")
    made = _checked(content, key)
    # Rows that point at the source must not wait for us: whoever writes them holds the ledger's chain already.
    rows = Source.objects.select_for_update(of=("self",), no_key=True)
    source = rows.filter(key=key).first() or Source(key=key, version=0)
    if base_version == 0 and source.version:
        detail = f"There is a source “{key}” already; change that one."
        raise InvalidSource(detail, code="taken", pointer="/key")
    if base_version is not None and base_version != source.version:
        raise StaleBase("The source was changed since you read it. Read it again and repeat your change.")
    changed = sorted(field for field in _FIELDS if source.pk is None or getattr(source, field) != made[field])
    if not changed:
        return source
    for field in changed:
        setattr(source, field, made[field])
    source.version += 1
    source.save()
    announce(SourceDefined(source_key=key, changed_fields=changed), actor=actor)
    return source


def record_load(source: Source, row_count: int, job: ImportJob | None = None) -> None:
    """Note that rows came from the source: once per import, and added up per day for what programs send.

    Called within the transaction that stores the rows.
    """
    at = now()
    today = at.astimezone(UTC).date()
    if job is not None:
        SourceLoad.objects.update_or_create(
            job=job, defaults={"source": source, "on": today, "at": at, "row_count": row_count}
        )
        return
    SourceLoad.objects.bulk_create([SourceLoad(source=source, on=today, at=at)], ignore_conflicts=True)
    SourceLoad.objects.filter(source=source, on=today, job=None).update(row_count=F("row_count") + row_count, at=at)
