"""Playbooks for client programs."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import CursorPages, DomainView, etag_of, with_etag
from customers.selectors import customer_for
from playbooks.api.serializers import (
    ConfirmationSerializer,
    PlaybookSerializer,
    PlaySerializer,
    ReceiptSerializer,
    play_shape,
    playbook_shape,
)
from playbooks.errors import NoPlaybook
from playbooks.selectors import last_version, playbooks_for, plays_for, retired_playbook
from playbooks.services.reading import confirm_reading


class PlaybookList(DomainView):
    """Playbooks in force."""

    pagination_class = CursorPages

    @extend_schema(operation_id="playbooks_list", responses=PlaybookSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Every playbook in force, in the order of their making."""
        return self.page(playbooks_for(viewer=request.user), lambda row: PlaybookSerializer(playbook_shape(row)).data)


class PlaybookDetail(DomainView):
    """One playbook."""

    @extend_schema(operation_id="playbooks_retrieve", responses=PlaybookSerializer)
    def get(self, request: Request, key: str) -> Response:
        """The playbook of a segment; where it is out of use, how it read last and what took its place."""
        version = playbooks_for(viewer=request.user).filter(playbook__segment__key=key).first()
        gone = None if version else retired_playbook(key)
        version = last_version(key) if gone else version
        if version is None:
            raise NoPlaybook(f"{key} has no playbook.")
        answer = Response(PlaybookSerializer(playbook_shape(version, gone)).data)
        return with_etag(answer, etag_of("playbook", key, version.number, *(["retired"] if gone else [])))


class PlaybookRead(DomainView):
    """Read confirmation."""

    @extend_schema(operation_id="playbooks_read", request=ConfirmationSerializer, responses={201: ReceiptSerializer})
    def post(self, request: Request, key: str) -> Response:
        """The caller has read this version."""
        given = ConfirmationSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        number = given.validated_data["version"]
        receipt = confirm_reading(actor=request.user, segment_key=key, version_number=number)
        shown = {"segment": key, "version": number, "confirmed_at": receipt.confirmed_at}
        return Response(ReceiptSerializer(shown).data, status=201)


class CustomerPlays(DomainView):
    """Plays for a customer."""

    @extend_schema(operation_id="customers_plays", responses=PlaySerializer(many=True))
    def get(self, request: Request, external_id: str) -> Response:
        """The playbooks of the customer's segments, the most specific first."""
        customer_for(viewer=request.user, external_id=external_id)
        plays = plays_for(viewer=request.user, external_id=external_id)
        return Response(PlaySerializer([play_shape(play) for play in plays], many=True).data)
