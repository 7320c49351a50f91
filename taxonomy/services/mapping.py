"""Says what the fields of a source mean in the words of the glossary."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction

from common.clock import now
from common.errors import Invalid
from customers.selectors.fields import fields_for
from ledger.services import announce
from taxonomy import policies
from taxonomy.choices import DefinitionType, SegmentStatus
from taxonomy.events import FieldMapped
from taxonomy.models import Definition, FieldMapping

NO_WORD: Final = "-"
_MOST = 1_000


@transaction.atomic
def map_fields(*, actor: Any, source_key: str, fields: Mapping[str, str]) -> int:
    """Each of these fields means the term with the key given, or needs no word (`-`); returns how many changed.

    Refuses: `NotAllowed`, `Invalid` (no such field or term, with a pointer for each).
    Announces: `taxonomy.field.mapped` for each that changed, with what it meant before.
    """
    policies.definitions.require(actor, "map")
    known = {field.name: field for field in fields_for(viewer=actor).get(source_key, [])}
    terms = {
        term.key: term
        for term in Definition.objects.filter(
            type=DefinitionType.TERM, status=SegmentStatus.ACTIVE, key__in=set(fields.values())
        )
    }
    _refuse_unknown(source_key, fields, known, terms)
    rows = FieldMapping.objects.select_for_update(of=("self",)).select_related("term").filter(source_key=source_key)
    stored = {row.field: row for row in rows.filter(field__in=list(fields))}
    changed = 0
    for field in sorted(fields):
        wanted, earlier = fields[field], _said(stored.get(field))
        if earlier != wanted:
            _write(actor, known[field], terms.get(wanted), stored.get(field))
            fact = FieldMapped(source_key=source_key, field=field, term_key=wanted, previous_key=earlier)
            announce(fact, actor=actor)
            changed += 1
    return changed


def _said(row: FieldMapping | None) -> str:
    return "" if row is None else row.term.key if row.term else NO_WORD


def _write(actor: Any, field: Any, term: Definition | None, before: FieldMapping | None) -> None:
    row = before or FieldMapping(source_key=field.source_key, field=field.name)
    row.attribute_key, row.term, row.is_not_needed = field.attribute_key, term, term is None
    row.mapped_by_id, row.mapped_at = actor.pk, now()
    row.save()


def _refuse_unknown(
    source_key: str, fields: Mapping[str, str], known: Mapping[str, Any], terms: Mapping[str, Any]
) -> None:
    if len(fields) > _MOST:
        raise Invalid(f"At most {_MOST:,} fields at once.", code="too_many", pointer="/fields")
    errors = [
        {"code": "unknown_field", "detail": f"{source_key} has no field {name}.", "pointer": f"/fields/{name}"}
        for name in fields
        if name not in known
    ]
    errors += [
        {"code": "unknown_term", "detail": f"There is no term in use with the key {key}.", "pointer": f"/fields/{name}"}
        for name, key in fields.items()
        if key != NO_WORD and key not in terms
    ]
    if errors:
        raise Invalid(errors[0]["detail"], code=errors[0]["code"], errors=errors)
