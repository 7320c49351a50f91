"""What the list of requests can be narrowed by, for the page and the API."""

from typing import Any

import django_filters
from django.db.models import BigIntegerField, Case, F, FilteredRelation, IntegerField, Q, QuerySet, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from common.errors import Invalid
from reviews.choices import DECIDED, Kind, State, SubjectType
from reviews.models import ChangeRequest
from reviews.selectors.desk import awaiting_author, awaiting_vote

YES_OR_NO = [("true", "yes"), ("1", "yes"), ("false", "no"), ("0", "no")]
VOTES = 0
"""The rank of what the viewer can vote on."""
STATES = [("open", "Undecided"), ("decided", "Decided"), *State.choices]


def is_yes(value: str) -> bool:
    """Whether a word of the address means yes."""
    return value in ("true", "1")


class RequestFilter(django_filters.FilterSet):
    """Narrows the requests that `viewer` may see; a value that is not on its list is refused."""

    state = django_filters.ChoiceFilter(label="State", choices=STATES, method="in_state")
    kind = django_filters.ChoiceFilter(label="Kind", choices=Kind.choices)
    type = django_filters.ChoiceFilter(label="About a", field_name="subject_type", choices=SubjectType.choices)
    subject = django_filters.CharFilter(label="Key", field_name="subject_key")
    board = django_filters.CharFilter(label="Board", field_name="board__key")
    author = django_filters.CharFilter(label="Author", field_name="author__username")
    waiting = django_filters.TypedChoiceFilter(
        label="Waiting for me", choices=YES_OR_NO, coerce=is_yes, method="waiting_for_viewer"
    )
    mine = django_filters.TypedChoiceFilter(label="Mine", choices=YES_OR_NO, coerce=is_yes, method="written_by_viewer")
    q = django_filters.CharFilter(label="Contains", method="containing")

    class Meta:
        model = ChangeRequest
        fields: list[str] = []

    def __init__(self, *args: Any, viewer: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.viewer = viewer

    def in_state(self, rows: QuerySet[ChangeRequest], name: str, value: str) -> QuerySet[ChangeRequest]:
        """One state, or all undecided or all decided ones."""
        if value == "open":
            return rows.exclude(state__in=DECIDED)
        return rows.filter(state__in=DECIDED) if value == "decided" else rows.filter(state=value)

    def waiting_for_viewer(self, rows: QuerySet[ChangeRequest], name: str, value: bool) -> QuerySet[ChangeRequest]:
        """Only (or only not) what the viewer can vote on or must answer."""
        fits = Q(pk__in=awaiting_vote(self.viewer).values("pk")) | Q(pk__in=awaiting_author(self.viewer).values("pk"))
        return rows.filter(fits) if value else rows.exclude(fits)

    def written_by_viewer(self, rows: QuerySet[ChangeRequest], name: str, value: bool) -> QuerySet[ChangeRequest]:
        """Only (or only not) the viewer's own requests."""
        return rows.filter(author_id=self.viewer.pk) if value else rows.exclude(author_id=self.viewer.pk)

    def containing(self, rows: QuerySet[ChangeRequest], name: str, value: str) -> QuerySet[ChangeRequest]:
        """Requests whose title or key contains the text."""
        return rows.filter(Q(title__icontains=value) | Q(subject_key__icontains=value))

    def narrowed(self) -> QuerySet[ChangeRequest]:
        """The rows that fit; raises `Invalid` with a pointer for each value that is not on its list."""
        if not self.is_valid():
            errors = [
                {"code": "unknown_choice", "detail": str(messages[0]), "pointer": f"/{name}"}
                for name, messages in self.errors.items()
            ]
            raise Invalid(errors[0]["detail"], code="unknown_choice", errors=errors)
        rows: QuerySet[ChangeRequest] = self.qs
        return rows

    def waiting_first(self) -> QuerySet[ChangeRequest]:
        """The rows that fit, those that wait for the viewer first, then the newest."""
        votes = When(pk__in=awaiting_vote(self.viewer).values("pk"), then=Value(VOTES))
        answers = When(pk__in=awaiting_author(self.viewer).values("pk"), then=Value(1))
        rank = Case(votes, answers, default=Value(2), output_field=IntegerField())
        return self.narrowed().annotate(rank=rank).order_by("rank", "-pk")

    def sorted_by(self, asked: str) -> QuerySet[ChangeRequest]:
        """The rows that fit in the order asked for; what waits for the viewer first where none is known."""
        order = SORTS.get(asked.removeprefix("-"))
        if order is None:
            return self.waiting_first()
        rows = self.waiting_first()
        if asked.removeprefix("-") == "size":
            # How many members the current revision's impact moves; nothing where that was not computed.
            now = FilteredRelation("revisions", condition=Q(revisions__number=F("revision")))
            sides = [
                Cast(KeyTextTransform(side, "now__impact__record"), BigIntegerField())
                for side in ("entering", "leaving")
            ]
            rows = rows.annotate(now=now).annotate(moved=sides[0] + sides[1])
        by = F(order).desc(nulls_last=True) if asked.startswith("-") else F(order).asc(nulls_last=True)
        return rows.order_by(by, "-pk")


SORTS = {"age": "submitted_at", "size": "moved", "due": "due_at", "title": "title"}
"""What the list can be sorted by; a minus before it turns the order round."""
