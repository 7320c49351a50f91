"""Erases customers: what was known is gone, the ordinal stays empty for ever."""

from django.db import transaction
from django.db.models import Func, Value

from common.actors import Actor
from common.clock import now
from common.texts import clean_text
from customers.errors import NoSuchCustomer
from customers.events import CustomerErased
from customers.models import Customer, QuarantinedRow
from customers.policies import CustomerPolicy
from customers.services.merging import enter_gate
from ledger.services import announce


@transaction.atomic
def erase_customer(*, actor: Actor, external_id: str, reason: str) -> int:
    """Erase one customer; returns the ordinal that is left empty.

    Afterwards no value and no id of the customer is stored in the tables, rows of theirs in quarantine are gone, and
    the next profile build is written afresh without them, after which the older builds' files are removed. The id may
    come again, as a new customer of a new ordinal.
    Refuses: `NotAllowed`; `NoSuchCustomer`; `Invalid` without a reason. Announces: `customers.customer.erased`.
    """
    CustomerPolicy().require(actor, "erase")
    reason = clean_text(reason, pointer="/reason", max_length=300)
    enter_gate()
    row = Customer.objects.select_for_update().filter(external_id=external_id, is_erased=False).first()
    if row is None:
        raise NoSuchCustomer(f"There is no customer “{external_id[:80]}”.")
    QuarantinedRow.objects.filter(external_id=external_id).delete()
    # A slash stands in no incoming id, so that nobody can send values to a tombstone.
    row.external_id = f"erased/{row.ordinal}"
    row.attributes = {}
    row.is_erased = True
    row.changed_at = now()
    row.changed_seq = Func(Value("customers_changed_seq"), function="nextval")  # type: ignore[assignment]
    row.save(update_fields=["external_id", "attributes", "is_erased", "changed_at", "changed_seq"])
    announce(CustomerErased(ordinal=row.ordinal, reason=reason), actor=actor)
    return row.ordinal
