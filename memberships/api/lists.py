"""Set algebra between segments, and the lists kept of it, for client programs."""

from typing import Any, cast

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from common.actors import Actor
from common.api import RULE_QUESTIONS, CursorPages, DomainView, StrictSerializer
from memberships.api import parameters
from memberships.api.grounds import COUNT, FRESH_WITHIN, GroundOut
from memberships.models import CustomerList
from memberships.selectors import lists as selectors
from memberships.selectors.set_algebra import expression_of, selection_for
from memberships.services.lists import discard_list, keep_list, make_anew, restore_list
from taxonomy.policies import segments

CURSOR = OpenApiParameter("cursor", str, description="opaque; from `next`")
LIMIT = OpenApiParameter("limit", int, description=f"1 to {parameters.MOST}; {parameters.USUAL} when left out")


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "object", "additionalProperties": True}]})
class ExpressionField(serializers.JSONField):
    """“vip AND NOT churned”, a key, or {"op": union | intersection | difference, "of": [key or expression, ...]}."""

    def to_internal_value(self, data: Any) -> Any:
        return expression_of(data)


class CountIn(StrictSerializer):
    """What to count."""

    expression = ExpressionField()
    at = serializers.DateTimeField(required=False, allow_null=True, help_text="an instant in the past; now if left out")


class CountOut(serializers.Serializer[Any]):
    """How many customers an expression selects."""

    count = serializers.JSONField(help_text=COUNT)
    exact = serializers.BooleanField()
    text = serializers.CharField()
    expression = serializers.JSONField()
    at = serializers.DateTimeField()
    fresh_within = serializers.IntegerField(allow_null=True, help_text=FRESH_WITHIN)
    grounds = GroundOut(many=True)


class ListIn(CountIn):
    """What to keep, and under which name."""

    name = serializers.CharField(max_length=120)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)


class KeptGroundOut(GroundOut):
    """One segment that the list was made of."""

    size = serializers.IntegerField()


class ListOut(serializers.Serializer[Any]):
    """One list; its members never change but for customers who are erased. Discarded ones have none."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    text = serializers.SerializerMethodField()
    expression = serializers.JSONField()
    at = serializers.DateTimeField()
    size = serializers.IntegerField()
    digest = serializers.CharField()
    made_by = serializers.CharField(source="made_by.username")
    made_at = serializers.DateTimeField()
    discarded_at = serializers.DateTimeField(allow_null=True)
    grounds = serializers.SerializerMethodField()

    @staticmethod
    def get_text(found: CustomerList) -> str:
        return selectors.text_of(found)

    @extend_schema_field(KeptGroundOut(many=True))
    def get_grounds(self, found: CustomerList) -> Any:
        return KeptGroundOut(selectors.grounds_of(found), many=True).data


class ListMembersOut(serializers.Serializer[Any]):
    """Ids of the members in their order."""

    results = serializers.ListField(child=serializers.CharField())
    next = serializers.URLField(allow_null=True)
    list = serializers.IntegerField()
    at = serializers.DateTimeField()
    as_of = serializers.DateTimeField(allow_null=True, help_text="of the oldest segment that the list was made of")
    total = serializers.IntegerField()
    fresh_within = serializers.IntegerField(allow_null=True, help_text="null: a list stays as it was made")


class ListComparisonOut(serializers.Serializer[Any]):
    """Two lists against each other."""

    both = serializers.IntegerField()
    only_first = serializers.IntegerField()
    only_second = serializers.IntegerField()


class CountView(DomainView):
    """Counts an expression; keeps nothing."""

    required_scope = "read"
    throttle_classes = RULE_QUESTIONS

    @extend_schema(operation_id="lists_count", request=CountIn, responses=CountOut)
    def post(self, request: Request) -> Response:
        """How many customers the expression selects, now or at an instant; rounded for who may not see customers."""
        segments.require(request.user, "view")
        asked = CountIn(data=request.data)
        asked.is_valid(raise_exception=True)
        found = selection_for(viewer=request.user, **asked.validated_data)
        return Response(CountOut(found).data)


class ListsView(DomainView):
    """Lists."""

    pagination_class = CursorPages
    cursor_ordering = "-pk"

    @extend_schema(operation_id="lists_list", responses=ListOut(many=True))
    def get(self, request: Request) -> Response:
        """The lists that the caller may see, newest first."""
        return self.page(selectors.lists_for(viewer=request.user), lambda found: ListOut(found).data)

    @extend_schema(operation_id="lists_create", request=ListIn, responses={201: ListOut})
    def post(self, request: Request) -> Response:
        """Keep whom the expression selects, now or at an instant."""
        asked = ListIn(data=request.data)
        asked.is_valid(raise_exception=True)
        return _created(request, keep_list(actor=cast(Actor, request.user), **asked.validated_data))


class ListView(DomainView):
    """One list."""

    @extend_schema(operation_id="lists_retrieve", responses=ListOut)
    def get(self, request: Request, list_id: int) -> Response:
        """What it is made of; its members stand at `members/`."""
        return Response(ListOut(selectors.list_for(viewer=request.user, list_id=list_id)).data)

    @extend_schema(operation_id="lists_discard", responses={204: None})
    def delete(self, request: Request, list_id: int) -> Response:
        """Discard the list: its members go, the row with its grounds stays."""
        discard_list(actor=cast(Actor, request.user), list_id=list_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ListMembersView(DomainView):
    """The members of a list."""

    @extend_schema(operation_id="lists_members", parameters=[CURSOR, LIMIT], responses=ListMembersOut)
    def get(self, request: Request, list_id: int) -> Response:
        """Ids in order, without those who were erased since."""
        found = selectors.list_for(viewer=request.user, list_id=list_id)
        (after,) = parameters.cursor(request, length=1) or (-1,)
        page = selectors.list_page(viewer=request.user, list_id=list_id, after=after, limit=parameters.limit(request))
        shape = {
            "results": page.external_ids,
            "next": parameters.next_url(request, None if page.next is None else (page.next,)),
            "list": found.pk,
            "at": found.at,
            "as_of": min((row.as_of for row in selectors.grounds_of(found) if row.as_of), default=None),
            "total": page.total,
            "fresh_within": None,
        }
        return Response(ListMembersOut(shape).data)


class ListAnewView(DomainView):
    """Makes a list anew."""

    @extend_schema(operation_id="lists_anew", request=None, responses={201: ListOut})
    def post(self, request: Request, list_id: int) -> Response:
        """A new list by the same expression, of the members of now."""
        return _created(request, make_anew(actor=cast(Actor, request.user), list_id=list_id))


class ListRestoreView(DomainView):
    """Brings a discarded list back."""

    @extend_schema(operation_id="lists_restore", request=None, responses=ListOut)
    def post(self, request: Request, list_id: int) -> Response:
        """The members that it had, from the history of its segments."""
        return Response(ListOut(restore_list(actor=cast(Actor, request.user), list_id=list_id)).data)


class ListCompareView(DomainView):
    """Compares two lists."""

    @extend_schema(operation_id="lists_compare", responses=ListComparisonOut)
    def get(self, request: Request, list_id: int, other_id: int) -> Response:
        """How many are in both, and in one only."""
        found = selectors.compared(viewer=request.user, first_id=list_id, second_id=other_id)
        counts = {"both": found.both, "only_first": len(found.only_first), "only_second": len(found.only_second)}
        return Response(ListComparisonOut(counts).data)


def _created(request: Request, found: CustomerList) -> Response:
    response = Response(ListOut(found).data, status=status.HTTP_201_CREATED)
    response["Location"] = request.build_absolute_uri(reverse("api-list", args=[found.pk]))
    return response
