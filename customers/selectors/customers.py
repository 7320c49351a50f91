"""Reading customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Q, QuerySet
from pyroaring import BitMap

from common.clock import now
from customers.errors import MergedAway, NoSuchCustomer
from customers.models import Customer, Link
from customers.policies import AttributePolicy, CustomerPolicy
from customers.rows import ValueRefused, checked_external_id
from customers.selectors.changes import derived_values

_EXACT: Final = 2**53


@dataclass(frozen=True)
class CustomerRecord:
    """One customer as the rules see it: ordinal, id and the stored values (see `customers.rows.typed_value`)."""

    ordinal: int
    external_id: str
    attributes: dict[str, Any]
    changed_at: datetime
    changed_seq: int


def _same_as_batch(attributes: Mapping[str, Any]) -> dict[str, Any]:
    # JSON gives large numbers back as whole ones; a build holds them as 64-bit floats, and both must compare alike.
    return {
        key: float(value) if type(value) is int and abs(value) > _EXACT else value for key, value in attributes.items()
    }


def record_of(row: Customer) -> CustomerRecord:
    """The row as a record."""
    return CustomerRecord(row.ordinal, row.external_id, _same_as_batch(row.attributes), row.changed_at, row.changed_seq)


def _found(rows: QuerySet[Customer], external_id: str) -> Customer:
    try:
        wanted = checked_external_id(external_id)
    except ValueRefused:
        wanted = ""
    row = rows.filter(external_id=wanted).first() if wanted else None
    if row is not None:
        return row
    former = Link.objects.filter(kind=Link.Kind.ALIAS, name=wanted).exclude(external_id=wanted).first()
    # Only to those who would see the survivor: for others nobody of either id is here.
    if former is not None and rows.filter(external_id=former.external_id).exists():
        detail = f"The customer “{wanted[:80]}” was merged into “{former.external_id[:80]}”; look there."
        raise MergedAway(detail, extra={"merged_into": former.external_id})
    raise NoSuchCustomer(f"There is no customer “{external_id[:80]}”.")


def customer(external_id: str) -> CustomerRecord:
    """The customer with all values. For the machinery; pages and API ask `customer_for`."""
    return record_of(_found(Customer.objects.filter(is_erased=False), external_id))


def customer_for(*, viewer: Any, external_id: str) -> CustomerRecord:
    """The customer with the values that the viewer may see, computed ones as of now; NoSuchCustomer for those who see
    no customers.
    """
    record = record_of(_found(CustomerPolicy().visible(viewer), external_id))
    visible = dict(AttributePolicy().visible(viewer).values_list("key", "derivation"))
    computed = derived_values(record.ordinal, now()) if any(visible.values()) else {}
    shown = {key: value for key, value in (record.attributes | computed).items() if key in visible}
    return CustomerRecord(record.ordinal, record.external_id, shown, record.changed_at, record.changed_seq)


def customers_for(*, viewer: Any) -> QuerySet[Customer]:
    """All customers that the viewer may see, by id. Values are masked by whoever shows them."""
    return CustomerPolicy().visible(viewer).order_by("external_id")


def search_for(*, viewer: Any, text: str) -> QuerySet[Customer]:
    """Customers whose id begins with the text; where none does, those whose id contains it (any case), or who were
    known by it before.
    """
    rows = customers_for(viewer=viewer)
    text = text.replace("\x00", "").strip()
    if not text:
        return rows
    beginning = rows.filter(external_id__startswith=text)
    if beginning.exists():
        return beginning
    known_as = Link.objects.filter(kind=Link.Kind.ALIAS, name=text)
    return rows.filter(Q(external_id__icontains=text) | Q(external_id__in=known_as.values("external_id")))


def external_ids(ordinals: Sequence[int]) -> list[str]:
    """The ids of the customers of these ordinals, in the given order; ordinals that nobody has are left out."""
    if not ordinals:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.external_id FROM unnest(%s::bigint[]) WITH ORDINALITY AS wanted (ordinal, position)"
            " JOIN customers_customer c USING (ordinal) ORDER BY wanted.position",
            [list(ordinals)],
        )
        return [row[0] for row in cursor.fetchall()]


def ordinals_of(ids: Sequence[str]) -> dict[str, int]:
    """Id -> ordinal of the customers that are here and not erased."""
    rows = Customer.objects.filter(external_id__in=list(ids), is_erased=False)
    return dict(rows.values_list("external_id", "ordinal"))


def erased_ordinals() -> BitMap:
    """The ordinals that erasure and merging have left empty."""
    return BitMap(Customer.objects.filter(is_erased=True).order_by().values_list("ordinal", flat=True))


def ids_by_ordinal(ordinals: Sequence[int]) -> dict[int, str]:
    """Ordinal -> id of those customers who are here and not erased."""
    rows = Customer.objects.filter(ordinal__in=list(ordinals), is_erased=False)
    return dict(rows.order_by().values_list("ordinal", "external_id"))


def customer_count() -> int:
    """How many customers there are, without the erased."""
    return Customer.objects.filter(is_erased=False).count()
