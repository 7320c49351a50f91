"""By what right votes are given, for client programs: requirement, lent seats, standing aside, people from outside."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import CursorPages, DomainView, StrictSerializer
from reviews.choices import AsideKind
from reviews.models import Declaration, Delegation, Invitation
from reviews.selectors import board_for, request_for
from reviews.selectors.rights import lent_now
from reviews.selectors.who_alone import who_alone
from reviews.services.delegating import lend_seat, take_back_seat
from reviews.services.invitations import DAYS, invite_again, invite_outsider, revoke_invitation
from reviews.services.requirements import preview_requirement
from reviews.services.standing_aside import stand_aside, withdraw_declaration


class DelegationIn(StrictSerializer):
    """A seat to lend for a time."""

    delegate = serializers.CharField(help_text="user name of who votes meanwhile")
    ends_at = serializers.DateTimeField()
    starts_at = serializers.DateTimeField(required=False)
    reason = serializers.CharField()
    holder = serializers.CharField(required=False, help_text="whose seat; only an administrator names somebody else")


class DelegationOut(serializers.Serializer[Any]):
    """A seat that is lent."""

    id = serializers.IntegerField()
    holder = serializers.CharField(source="seat.user.username")
    delegate = serializers.CharField(source="delegate.username")
    function = serializers.CharField(source="seat.function")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class DeclarationIn(StrictSerializer):
    """Who does not decide, and why."""

    kind = serializers.CharField(help_text=f"one of {', '.join(AsideKind.values)}")
    reason = serializers.CharField()
    person = serializers.CharField(required=False, help_text="yourself without it; a steward names somebody else")


class DeclarationOut(serializers.Serializer[Any]):
    """A declaration."""

    id = serializers.IntegerField()
    person = serializers.CharField(source="person.username")
    kind = serializers.ChoiceField(choices=AsideKind.choices)
    reason = serializers.CharField()
    declared_by = serializers.CharField(source="declared_by.username")
    declared_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class InvitationIn(StrictSerializer):
    """Somebody from outside to ask."""

    name = serializers.CharField()
    email = serializers.CharField()
    organisation = serializers.CharField(required=False, allow_blank=True, default="")
    question = serializers.CharField(required=False, allow_blank=True, default="")
    days = serializers.IntegerField(required=False, default=DAYS)


class InvitationOut(serializers.Serializer[Any]):
    """Somebody from outside who was asked."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    organisation = serializers.CharField()
    invited_by = serializers.CharField(source="invited_by.username")
    invited_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    verdict = serializers.CharField()
    reason = serializers.CharField()


class InvitationMadeOut(InvitationOut):
    """An invitation whose link goes by mail to the person alone; where the mail server refused it, send another."""

    is_mailed = serializers.SerializerMethodField()

    def get_is_mailed(self, found: Invitation) -> bool:
        """Whether the mail server took it."""
        return found.mailed_at is not None


class AgainIn(StrictSerializer):
    """For how long another link works."""

    days = serializers.IntegerField(required=False, default=DAYS)


class RequirementOut(serializers.Serializer[Any]):
    """What a request needs to pass. Before its submission: as it would be if it were submitted now."""

    is_final = serializers.BooleanField()
    requirement = serializers.DictField()
    missing = serializers.ListField(child=serializers.CharField())
    is_reachable = serializers.BooleanField()


class WayOut(serializers.Serializer[Any]):
    """One way to a change; `fewest` people must agree to it, 0 where nobody can."""

    what = serializers.CharField()
    where = serializers.CharField()
    board = serializers.CharField(allow_null=True)
    fewest = serializers.IntegerField()
    words = serializers.CharField()


class WhoAloneOut(serializers.Serializer[Any]):
    """Who could change what today."""

    governed = WayOut(many=True)
    besides = WayOut(many=True)


def _read(serializer: type[Any], request: Request) -> dict[str, Any]:
    asked = serializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


class RequirementView(DomainView):
    """What a request needs."""

    @extend_schema(operation_id="change_requests_requirement", responses=RequirementOut)
    def get(self, request: Request, request_id: int) -> Response:
        """Approvals, people, outsiders, notice and demands, with the condition that asks for each."""
        found = preview_requirement(
            viewer=request.user, request=request_for(viewer=request.user, request_id=request_id)
        )
        shown = {
            "is_final": found.is_final,
            "requirement": found.requirement,
            "missing": found.standing.missing,
            "is_reachable": found.standing.judgement.is_reachable,
        }
        return Response(RequirementOut(shown).data)


class DelegationsView(DomainView):
    """Seats of a board that are lent."""

    pagination_class = CursorPages
    cursor_ordering = "pk"

    @extend_schema(operation_id="boards_delegations_list", responses=DelegationOut(many=True))
    def get(self, request: Request, key: str) -> Response:
        """The seats that are lent now."""
        rows = lent_now(board_for(viewer=request.user, key=key).pk)
        return self.page(rows, lambda row: DelegationOut(row).data)

    @extend_schema(operation_id="boards_delegations_create", request=DelegationIn, responses={201: DelegationOut})
    def post(self, request: Request, key: str) -> Response:
        """Lend a seat: your own, or as an administrator the one of somebody who is away."""
        made = lend_seat(actor=request.user, board_key=key, **_read(DelegationIn, request))
        return Response(DelegationOut(made).data, status=status.HTTP_201_CREATED)


class DelegationView(DomainView):
    """One lent seat."""

    @extend_schema(operation_id="delegations_end", responses=DelegationOut)
    def delete(self, request: Request, delegation_id: int) -> Response:
        """Take the seat back."""
        ended: Delegation = take_back_seat(actor=request.user, delegation_id=delegation_id)
        return Response(DelegationOut(ended).data)


class DeclarationsView(DomainView):
    """Who stands aside from a request."""

    @extend_schema(operation_id="change_requests_declare", request=DeclarationIn, responses={201: DeclarationOut})
    def post(self, request: Request, request_id: int) -> Response:
        """Declare a conflict of interest, or a recusal."""
        made = stand_aside(actor=request.user, request_id=request_id, **_read(DeclarationIn, request))
        return Response(DeclarationOut(made).data, status=status.HTTP_201_CREATED)


class DeclarationView(DomainView):
    """One declaration."""

    @extend_schema(operation_id="declarations_withdraw", responses=DeclarationOut)
    def delete(self, request: Request, declaration_id: int) -> Response:
        """Withdraw it, as long as the request is undecided."""
        found: Declaration = withdraw_declaration(actor=request.user, declaration_id=declaration_id)
        return Response(DeclarationOut(found).data)


class InvitationsView(DomainView):
    """People from outside who were asked about a request."""

    @extend_schema(operation_id="change_requests_invite", request=InvitationIn, responses={201: InvitationMadeOut})
    def post(self, request: Request, request_id: int) -> Response:
        """Ask somebody; the link goes to them by mail and is in no answer."""
        made = invite_outsider(actor=request.user, request_id=request_id, **_read(InvitationIn, request))
        return Response(InvitationMadeOut(made).data, status=status.HTTP_201_CREATED)


class InvitationAgainView(DomainView):
    """Another link for somebody from outside."""

    @extend_schema(operation_id="invitations_send_again", request=AgainIn, responses={201: InvitationMadeOut})
    def post(self, request: Request, invitation_id: int) -> Response:
        """Send the same person another link, about the request as it stands now; the earlier one leads nowhere."""
        made = invite_again(actor=request.user, invitation_id=invitation_id, **_read(AgainIn, request))
        return Response(InvitationMadeOut(made).data, status=status.HTTP_201_CREATED)


class InvitationView(DomainView):
    """One invitation."""

    @extend_schema(operation_id="invitations_revoke", responses=InvitationOut)
    def delete(self, request: Request, invitation_id: int) -> Response:
        """Take it back, as long as it is not answered."""
        found: Invitation = revoke_invitation(actor=request.user, invitation_id=invitation_id)
        return Response(InvitationOut(found).data)


class WhoAloneView(DomainView):
    """Who could change what today, and with how many others."""

    @extend_schema(operation_id="who_could_change_alone", responses=WhoAloneOut)
    def get(self, request: Request) -> Response:
        """Through the boards and past them, read from boards, policies, seats and roles as they stand."""
        answer = who_alone(viewer=request.user)
        shown = {
            "governed": [_way(way) for way in answer.governed],
            "besides": [_way(way) for way in answer.besides],
        }
        return Response(WhoAloneOut(shown).data)


def _way(way: Any) -> dict[str, Any]:
    board = way.board.key if way.board else None
    return {"what": way.what, "where": way.where, "board": board, "fewest": way.fewest, "words": way.words}
