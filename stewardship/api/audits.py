"""Audits for client programs: opened, answered, their findings, signed."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import DomainView
from stewardship import services
from stewardship.api import audit_serializers as shapes
from stewardship.api.reading import Paged, actor_of, chosen, read
from stewardship.api.serializers import AuditIn, AuditOut
from stewardship.choices import FindingState
from stewardship.policies import AuditPolicy
from stewardship.selectors.audits import campaign_for, campaigns_for, finding_for, findings_for, item_for, items_for


class AuditsView(Paged):
    """Audits."""

    @extend_schema(operation_id="audits_list", responses=AuditOut(many=True))
    def get(self, request: Request) -> Response:
        """All audits, newest first."""
        AuditPolicy().require(request.user, "view")
        return self.page(campaigns_for(viewer=request.user), lambda row: AuditOut(row).data)

    @extend_schema(operation_id="audits_create", request=AuditIn, responses={201: AuditOut})
    def post(self, request: Request) -> Response:
        """Open an audit; everybody who has an item is told."""
        AuditPolicy().require(request.user, "open")
        made = services.open_campaign(actor=actor_of(request), **read(AuditIn, request))
        found = campaign_for(viewer=request.user, campaign_id=made.pk)
        return Response(AuditOut(found).data, status=status.HTTP_201_CREATED)


class AuditView(DomainView):
    """One audit."""

    @extend_schema(operation_id="audits_get", responses=AuditOut)
    def get(self, request: Request, campaign_id: int) -> Response:
        """One audit, with its report once it is closed."""
        return Response(AuditOut(campaign_for(viewer=request.user, campaign_id=campaign_id)).data)


class AuditSignView(DomainView):
    """Signs an audit."""

    @extend_schema(operation_id="audits_sign", request=None, responses=AuditOut)
    def post(self, request: Request, campaign_id: int) -> Response:
        """Sign it off, as its owner or its auditor."""
        campaign_for(viewer=request.user, campaign_id=campaign_id)
        services.sign_campaign(actor=actor_of(request), campaign_id=campaign_id)
        return Response(AuditOut(campaign_for(viewer=request.user, campaign_id=campaign_id)).data)


class AuditItemsView(Paged):
    """What an audit looks at."""

    cursor_ordering = "pk"

    @extend_schema(operation_id="audit_items_list", responses=shapes.AuditItemOut(many=True))
    def get(self, request: Request, campaign_id: int) -> Response:
        """The items of an audit with their answers."""
        campaign_for(viewer=request.user, campaign_id=campaign_id)
        rows = items_for(viewer=request.user, campaign_id=campaign_id)
        return self.page(rows, lambda row: shapes.AuditItemOut(row).data)


class AuditItemView(DomainView):
    """One item of an audit."""

    @extend_schema(operation_id="audit_items_get", responses=shapes.AuditItemOut)
    def get(self, request: Request, audit_item_id: int) -> Response:
        """One thing that is looked at, with its questions."""
        return Response(shapes.AuditItemOut(item_for(viewer=request.user, item_id=audit_item_id)).data)

    @extend_schema(operation_id="audit_items_answer", request=shapes.AnswersIn, responses=shapes.AuditItemOut)
    def put(self, request: Request, audit_item_id: int) -> Response:
        """Answer every question; they may be answered anew until somebody signs."""
        AuditPolicy().require(request.user, "answer", item_for(viewer=request.user, item_id=audit_item_id))
        services.answer_item(actor=actor_of(request), item_id=audit_item_id, **read(shapes.AnswersIn, request))
        return Response(shapes.AuditItemOut(item_for(viewer=request.user, item_id=audit_item_id)).data)


class ItemFindingsView(DomainView):
    """Findings about one item."""

    @extend_schema(operation_id="findings_raise", request=shapes.FindingIn, responses={201: shapes.FindingOut})
    def post(self, request: Request, audit_item_id: int) -> Response:
        """Raise a finding; its owner is told."""
        AuditPolicy().require(request.user, "answer", item_for(viewer=request.user, item_id=audit_item_id))
        given = read(shapes.FindingIn, request)
        made = services.raise_finding(actor=actor_of(request), item_id=audit_item_id, **given)
        found = finding_for(viewer=request.user, finding_id=made.pk)
        return Response(shapes.FindingOut(found).data, status=status.HTTP_201_CREATED)


class FindingsView(Paged):
    """Findings."""

    @extend_schema(
        operation_id="findings_list",
        parameters=[OpenApiParameter("state", str, enum=FindingState.values, description="all when left out")],
        responses=shapes.FindingOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """What audits found, newest first."""
        AuditPolicy().require(request.user, "view")
        rows = findings_for(viewer=request.user, state=chosen(request, "state", FindingState.values))
        return self.page(rows, lambda row: shapes.FindingOut(row).data)


class FindingView(DomainView):
    """One finding."""

    @extend_schema(operation_id="findings_get", responses=shapes.FindingOut)
    def get(self, request: Request, finding_id: int) -> Response:
        """One finding and what became of it."""
        return Response(shapes.FindingOut(finding_for(viewer=request.user, finding_id=finding_id)).data)


class FindingSettleView(DomainView):
    """Settles a finding."""

    @extend_schema(operation_id="findings_settle", request=shapes.SettleIn, responses=shapes.FindingOut)
    def post(self, request: Request, finding_id: int) -> Response:
        """Mended (perhaps by a change request, which is named) or accepted as it is, with an answer."""
        AuditPolicy().require(request.user, "settle", finding_for(viewer=request.user, finding_id=finding_id))
        services.settle_finding(actor=actor_of(request), finding_id=finding_id, **read(shapes.SettleIn, request))
        return Response(shapes.FindingOut(finding_for(viewer=request.user, finding_id=finding_id)).data)
