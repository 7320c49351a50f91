"""Erases customers: what was known is gone, the ordinal stays empty for ever."""

from collections.abc import Collection
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Func, Q, Value

from common.actors import Actor
from common.clock import now
from common.texts import clean_text
from customers.choices import ChangeCause
from customers.errors import NoSuchCustomer
from customers.events import CustomerErased
from customers.models import Customer, Link, QuarantinedRow
from customers.policies import CustomerPolicy
from customers.services.merging import enter_gate
from ledger.services import announce

# Events of the customer, those that still wait, and calls about the account that others made; with them the messages
# that would tell that they were there, and the examples that problems took from them.
_ERASE_EVENTS: Final = """
    WITH gone AS (
        DELETE FROM customers_event e
        WHERE e.customer_ordinal = ANY(%(ordinals)s)
           OR (e.group_id <> '' AND e.group_id = ANY(%(ids)s))
           OR (e.applied_at IS NULL AND (e.user_id = ANY(%(ids)s) OR e.previous_id = ANY(%(ids)s)))
           OR (e.customer_ordinal IS NULL AND e.anonymous_id <> '' AND e.anonymous_id = ANY(%(anonymous)s))
        RETURNING e.source_key, e.message_id
    ), forgotten AS (
        DELETE FROM customers_receivedmessage m USING gone
        WHERE m.source_key = gone.source_key AND m.message_id = gone.message_id
    )
    UPDATE customers_eventproblem p SET example = NULL, example_message_id = ''
    FROM gone WHERE p.source_key = gone.source_key AND p.example_message_id = gone.message_id
"""


# Of messages that were refused at the door nothing is kept but such an example.
_ERASE_EXAMPLES: Final = """
    UPDATE customers_eventproblem p SET example = NULL, example_message_id = ''
    WHERE EXISTS (SELECT 1 FROM unnest(%s::text[]) AS gone (id) WHERE position(gone.id IN p.example::text) > 0)
"""


@transaction.atomic
def erase_customer(*, actor: Actor, external_id: str, reason: str) -> int:
    """Erase one customer; returns the ordinal that is left empty.

    Afterwards no value, no event and no id of the customer is stored in the tables, also none of those that were merged
    into it; rows of theirs in quarantine and examples of problems are gone, and the next profile build is written
    afresh without them, after which the older builds' files are removed. The id may come again, as a new customer of a
    new ordinal.
    Refuses: `NotAllowed`; `NoSuchCustomer`; `Invalid` without a reason. Announces: `customers.customer.erased`.
    """
    CustomerPolicy().require(actor, "erase")
    reason = clean_text(reason, pointer="/reason", max_length=300)
    # Alone: events of the customer that are being applied would bring it back.
    enter_gate(alone=True)
    row = Customer.objects.select_for_update().filter(external_id=external_id, is_erased=False).first()
    if row is None:
        raise NoSuchCustomer(f"There is no customer “{external_id[:80]}”.")
    ids = _forget_names(external_id)
    QuarantinedRow.objects.filter(external_id__in=ids).delete()
    merged = list(Customer.objects.select_for_update().filter(merged_into=row).order_by("external_id"))
    for each in (row, *merged):
        _empty(each)
    announce(CustomerErased(ordinal=row.ordinal, reason=reason), actor=actor)
    return row.ordinal


def _forget_names(external_id: str) -> set[str]:
    """Erase the events and the other ids of the customer; all ids that the customer had."""
    ids = {external_id}
    ids.update(Link.objects.filter(kind=Link.Kind.ALIAS, external_id=external_id).values_list("name", flat=True))
    links = Link.objects.filter(Q(external_id__in=ids) | Q(kind=Link.Kind.ALIAS, name__in=ids))
    anonymous = set(links.filter(kind=Link.Kind.ANONYMOUS).values_list("name", flat=True))
    customers = Customer.objects.filter(external_id__in=ids)
    _erase_events(ids, anonymous, list(customers.values_list("ordinal", flat=True)))
    links.delete()
    return ids


def _erase_events(ids: Collection[str], anonymous: Collection[str], ordinals: Collection[int]) -> None:
    given: dict[str, Any] = {"ids": list(ids), "anonymous": list(anonymous), "ordinals": list(ordinals)}
    with connection.cursor() as cursor:
        cursor.execute(_ERASE_EVENTS, given)
        cursor.execute(_ERASE_EXAMPLES, [[*ids, *anonymous]])


def _empty(row: Customer) -> None:
    # A slash stands in no incoming id, so that nobody can send values to a tombstone.
    row.external_id = f"erased/{row.ordinal}"
    row.attributes, row.clocks, row.set_at, row.arrived_at = {}, {}, None, None
    row.is_erased, row.merged_into = True, None
    row.changed_at, row.change_cause = now(), ChangeCause.DATA
    row.changed_seq = Func(Value("customers_changed_seq"), function="nextval")  # type: ignore[assignment]
    row.save(
        update_fields=[
            "external_id", "attributes", "clocks", "set_at", "arrived_at", "is_erased", "merged_into", "changed_at",
            "change_cause", "changed_seq",
        ]
    )  # fmt: skip
