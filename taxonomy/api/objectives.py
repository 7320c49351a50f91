"""Objectives for client programs: reading, defining or proposing, signing."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from common.actors import Actor
from common.api import CursorPages, DomainView, StrictSerializer, check_if_match, etag_of, with_etag
from common.providers import providers
from taxonomy import selectors
from taxonomy.api.serializers import ObjectiveIn, ObjectiveOut
from taxonomy.services.objectives import define_objective
from taxonomy.services.signing import sign_objective, withdraw_signature


class ObjectiveListView(DomainView):
    """The objectives."""

    pagination_class = CursorPages
    cursor_ordering = "key"

    @extend_schema(operation_id="objectives_list", responses=ObjectiveOut(many=True))
    def get(self, request: Request) -> Response:
        """All objectives in use, by key."""
        return self.page(selectors.objectives_for(viewer=request.user), objective_shape)


class ProposedOut(serializers.Serializer[Any]):
    """The request that asks for what was sent."""

    id = serializers.IntegerField()
    state = serializers.CharField()
    board = serializers.CharField(help_text="key of the board that decides")
    url = serializers.CharField()


class ObjectiveView(DomainView):
    """One objective."""

    @extend_schema(operation_id="objectives_retrieve", responses=ObjectiveOut)
    def get(self, request: Request, key: str) -> Response:
        """The objective with this key."""
        objective = selectors.objective_for(viewer=request.user, key=key)
        return with_etag(Response(objective_shape(objective)), _etag(objective))

    @extend_schema(
        operation_id="objectives_define",
        request=ObjectiveIn,
        responses={200: ObjectiveOut, 201: ObjectiveOut, 202: ProposedOut},
    )
    def put(self, request: Request, key: str) -> Response:
        """Define or change the objective; with If-Match only while it still is what the caller read.

        Where a board decides about objectives nothing changes yet: the answer is 202 with the request before it.
        """
        found = selectors.objectives_for(viewer=request.user, with_retired=True)
        before = found.filter(key=key).first()
        check_if_match(request, _etag(before))
        asked = ObjectiveIn(data=request.data)
        asked.is_valid(raise_exception=True)
        content = dict(asked.validated_data)
        why = content.pop("rationale", "")
        if selectors.deciding_board("objective"):
            (propose,) = providers("PROPOSING")
            made = propose(actor=request.user, subject_type="objective", key=key, content=content, rationale=why)
            return Response(ProposedOut(made).data, status=status.HTTP_202_ACCEPTED)
        version = before.version if before else 0
        define_objective(actor=cast(Actor, request.user), key=key, content=content, base_version=version)
        stored = selectors.objective_for(viewer=request.user, key=key)
        code = status.HTTP_200_OK if before else status.HTTP_201_CREATED
        return with_etag(Response(objective_shape(stored), status=code), _etag(stored))


class SignatureIn(StrictSerializer):
    """An agreement for one function; `note` says what it rests on, or why it is taken back."""

    function = serializers.CharField()
    version = serializers.IntegerField(min_value=1, help_text="the version that was read")
    note = serializers.CharField(required=False, allow_blank=True, default="")


class WithdrawalIn(StrictSerializer):
    """An agreement that is taken back, and why."""

    function = serializers.CharField()
    reason = serializers.CharField()


class SignatureView(DomainView):
    """The agreement of a function to an objective."""

    @extend_schema(operation_id="objectives_sign", request=SignatureIn, responses=ObjectiveOut)
    def post(self, request: Request, key: str) -> Response:
        """Sign the present version for a function that the caller speaks for."""
        selectors.objective_for(viewer=request.user, key=key)
        asked = SignatureIn(data=request.data)
        asked.is_valid(raise_exception=True)
        sign_objective(actor=request.user, key=key, **asked.validated_data)
        return Response(objective_shape(selectors.objective_for(viewer=request.user, key=key)))


class WithdrawalView(DomainView):
    """The end of an agreement."""

    @extend_schema(operation_id="objectives_withdraw_signature", request=WithdrawalIn, responses=ObjectiveOut)
    def post(self, request: Request, key: str) -> Response:
        """Take back the signature of a function that the caller speaks for."""
        selectors.objective_for(viewer=request.user, key=key)
        asked = WithdrawalIn(data=request.data)
        asked.is_valid(raise_exception=True)
        withdraw_signature(actor=request.user, key=key, **asked.validated_data)
        return Response(objective_shape(selectors.objective_for(viewer=request.user, key=key)))


def objective_shape(objective: Any) -> Any:
    """The objective as it is answered, with who has agreed to it."""
    return ObjectiveOut(objective).data


def _etag(objective: Any) -> str:
    return etag_of("objective", objective.key, objective.version) if objective else etag_of("objective", "none")
