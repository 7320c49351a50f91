"""Reading requests."""

from collections.abc import Sequence
from typing import Any

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from common.once import once_per_page
from reviews.choices import ENDING, OPEN, State, SubjectType
from reviews.errors import RequestUnknown
from reviews.models import ChangeRequest, Impact, Revision
from reviews.policies import RequestPolicy


def requests_for(*, viewer: Any) -> QuerySet[ChangeRequest]:
    """The requests that the viewer may see, newest first, with board and author."""
    return RequestPolicy().visible(viewer).select_related("board", "author").order_by("-pk")


def request_for(*, viewer: Any, request_id: int) -> ChangeRequest:
    """The request of that number, as far as the viewer may see it."""
    found = requests_for(viewer=viewer).filter(pk=request_id).first()
    if found is None:
        raise RequestUnknown(f"There is no request {request_id}.")
    return found


def in_order(numbers: Sequence[int], *, viewer: Any) -> list[ChangeRequest]:
    """The requests of those numbers, in their order, that the viewer may see: all of a page, nothing of the others."""
    found = requests_for(viewer=viewer).in_bulk(numbers)
    return [found[number] for number in numbers if number in found]


def open_requests(subject_type: str, key: str) -> QuerySet[ChangeRequest]:
    """The submitted, undecided requests about one subject."""
    return (
        ChangeRequest.objects.filter(subject_type=subject_type, subject_key=key, state__in=OPEN)
        .exclude(state=State.DRAFT)
        .select_related("board", "author")
        .order_by("pk")
    )


def competing_requests(request: ChangeRequest) -> QuerySet[ChangeRequest]:
    """Other submitted, undecided requests about the same subject, and those of which one would put out of use what the
    other rests on."""
    same = Q(subject_type=request.subject_type, subject_key=request.subject_key)
    named = Impact.objects.filter(grounds__has_key=f"{request.subject_type}:{request.subject_key}")
    resting = Q(pk__in=named.values("request"))
    if request.kind in ENDING:
        same |= resting
    else:
        # The kind first: the impacts are then read only where one would end something.
        same |= Q(kind__in=ENDING) & resting
        impact = current_impact(request)
        rests_on = [
            name.partition(":")[2] for name in (impact.grounds if impact else {}) if name.startswith("segment:")
        ]
        same |= Q(subject_type=SubjectType.SEGMENT, subject_key__in=rests_on, kind__in=ENDING)
    rows = ChangeRequest.objects.filter(same, state__in=OPEN).exclude(state=State.DRAFT).exclude(pk=request.pk)
    return rows.select_related("board", "author").order_by("pk")


def requests_about(*, viewer: Any, segment_key: str) -> QuerySet[ChangeRequest]:
    """Requests about a segment, its playbook and its brief, undecided and decided, newest first."""
    return requests_for(viewer=viewer).filter(
        subject_type__in=("segment", "playbook", "brief"), subject_key=segment_key
    )


def private_entries(viewer: Any) -> Q:
    """The ledger's entries about requests that the viewer may not see: other people's drafts."""
    hidden = ChangeRequest.objects.exclude(pk__in=RequestPolicy().visible(viewer).values("pk")).order_by()
    return Q(object_type="request", object_key__in=hidden.annotate(key=Cast("pk", CharField())).values("key"))


def current_revision(request: ChangeRequest) -> Revision:
    """The revision that the request stands at."""
    return Revision.objects.select_related("editor").get(request_id=request.pk, number=request.revision)


@once_per_page(lambda request: (request.pk, request.revision))
def current_impact(request: ChangeRequest) -> Impact | None:
    """What was put before the board with the current revision; None before its submission."""
    return Impact.objects.filter(request_id=request.pk, revision__number=request.revision).first()
