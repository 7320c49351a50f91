"""What a proposed computation would give for a few real customers, and which events it could be told of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection

from common.clock import now
from customers.policies import AttributePolicy, CustomerPolicy
from customers.rows import AttributeRow, read_derivation
from customers.selectors.attributes import attribute_facts
from customers.selectors.changes import computed_for
from customers.selectors.customers import external_ids
from customers.selectors.derivations import checked_derivation, derivation_sentence

# So many of the newest events are looked through; older ones may hold other names.
_LOOKED_THROUGH: Final = 20_000
_SHOWN: Final = 5
# No attribute has a key like this.
_KEY: Final = "?"


@dataclass(frozen=True)
class DerivationSample:
    """The computation as a sentence, what is wrong with it, and (customer, value) for a few who have such events."""

    sentence: str = ""
    faults: list[str] = field(default_factory=list)
    rows: list[tuple[str, Any]] = field(default_factory=list)
    type: str = "number"


def derivation_sample(viewer: Any, *, key: str, content: Mapping[str, Any]) -> DerivationSample:
    """For who may define attributes; without customers for who may not see them. `content` has type, choices,
    sensitivity and derivation of the attribute as it is being written.
    """
    AttributePolicy().require(viewer, "define")
    faults: list[str] = []
    kind = str(content.get("type") or "")

    def report(_field: str, detail: str, _code: str) -> None:
        faults.append(detail)

    sensitivity = str(content.get("sensitivity") or "internal")
    made = checked_derivation(content.get("derivation"), key=key, kind=kind, sensitivity=sensitivity, report=report)
    if made is None:
        return DerivationSample(faults=faults)
    sentence = derivation_sentence(made)
    if not CustomerPolicy().can(viewer, "view"):
        return DerivationSample(sentence)
    choices = tuple(content.get("choices") or ())
    row = AttributeRow(_KEY, key, kind, choices=choices, derivation=read_derivation(made))
    ordinals = _who(made)
    values = computed_for(ordinals, attribute_facts() | {_KEY: row}, _KEY, now()) if ordinals else {}
    names = zip(ordinals, external_ids(ordinals), strict=True)
    return DerivationSample(sentence, [], [(name, values.get(ordinal)) for ordinal, name in names], kind)


def _who(made: Mapping[str, Any]) -> list[int]:
    """A few customers: those who had such an event of late, or for a score whoever changed last."""
    with connection.cursor() as cursor:
        if made["kind"] == "event":
            cursor.execute(
                "SELECT customer_ordinal FROM (SELECT customer_ordinal, name, type, id FROM customers_event"
                " ORDER BY received_at DESC, id DESC LIMIT %s) newest"
                " WHERE type = 'track' AND name = %s AND customer_ordinal IS NOT NULL"
                " GROUP BY customer_ordinal ORDER BY max(id) DESC LIMIT %s",
                [_LOOKED_THROUGH, made["event"], _SHOWN],
            )
        else:
            cursor.execute(
                "SELECT ordinal FROM customers_customer WHERE NOT is_erased ORDER BY changed_seq DESC LIMIT %s",
                [_SHOWN],
            )
        return sorted(row[0] for row in cursor.fetchall())


def recent_event_names() -> list[str]:
    """The names of the newest events, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT name FROM (SELECT name, type FROM customers_event ORDER BY received_at DESC, id DESC"
            " LIMIT %s) newest WHERE type = 'track' AND name <> '' ORDER BY name LIMIT 100",
            [_LOOKED_THROUGH],
        )
        return [row[0] for row in cursor.fetchall()]


def names_for_scores(viewer: Any) -> list[tuple[str, str]]:
    """(key, label) of the attributes that a score can read, by key."""
    rows = AttributePolicy().visible(viewer).exclude(derivation__kind="score").order_by("key")
    return list(rows.values_list("key", "label"))
