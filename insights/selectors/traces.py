"""From an outcome back to what led to it (R078): touchpoints, segments of that moment, versions, approvals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from customers.selectors import customer_for
from customers.selectors.events import events_of
from memberships.selectors.customers import segments_of_ordinal
from reviews.selectors.decided import Decider, deciders
from taxonomy.choices import EnactmentKind
from taxonomy.selectors import version

BEFORE = timedelta(days=90)
_TOUCHPOINTS = 25


@dataclass(frozen=True)
class Link:
    """One segment that the customer was in at that moment: the version that decided it, and who approved that."""

    key: str
    name: str
    version_number: int
    words: str
    rationale: str
    run_id: int
    request_id: int | None
    deciders: Sequence[Decider]


@dataclass(frozen=True)
class Trace:
    """What stood around one customer at one moment."""

    external_id: str
    at: datetime
    touchpoints: list[Any]
    links: list[Link]


def trace_of(*, viewer: Any, external_id: str, at: datetime) -> Trace:
    """The trace; raises NotFound, NotAllowed, MomentInFuture."""
    customer = customer_for(viewer=viewer, external_id=external_id)
    touched = events_of(customer).filter(at__lte=at, at__gt=at - BEFORE)[:_TOUCHPOINTS]
    links = [_link(each) for each in segments_of_ordinal(customer.ordinal, at)]
    return Trace(customer.external_id, at, list(touched), links)


def _link(membership: Any) -> Link:
    stood = version(membership.key, membership.version_number)
    enacted = next((row for row in stood.enactments.all() if row.kind != EnactmentKind.RETIRE), None)
    request_id = int(enacted.request_ref) if enacted and enacted.request_ref.isdigit() else None
    return Link(
        key=membership.key,
        name=stood.name,
        version_number=stood.number,
        words=stood.words,
        rationale=stood.rationale,
        run_id=membership.run_id,
        request_id=request_id,
        deciders=deciders(request_id) if request_id else (),
    )
