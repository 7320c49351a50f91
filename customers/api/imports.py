"""Imports for client programs."""

from typing import Any, cast

from django.http import QueryDict
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from common.actors import Actor
from common.api import CursorPages, DomainView
from customers import selectors
from customers.api.import_serializers import ImportDetailOut, ImportIn, ImportOut, QuarantineOut
from customers.api.permissions import SendsData
from customers.services.imports import cancel_import, default_source, plan_import, start_import
from customers.services.receiving import check_upload, limit_upload

_ACCEPTED = 202


class ImportListView(DomainView):
    """The imports."""

    pagination_class = CursorPages
    cursor_ordering = "-pk"
    parser_classes = [MultiPartParser]
    permission_classes = [SendsData]

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        limit_upload(request)
        return super().initialize_request(request, *args, **kwargs)

    @extend_schema(operation_id="imports_list", responses=ImportOut(many=True))
    def get(self, request: Request) -> Response:
        """The imports that the caller may see, newest first."""
        return self.page(selectors.imports_for(viewer=request.user), lambda job: ImportOut(job).data)

    @extend_schema(
        operation_id="imports_create",
        request={"multipart/form-data": ImportIn},
        responses={_ACCEPTED: ImportDetailOut},
    )
    def post(self, request: Request) -> Response:
        """Plan the import of a file and, unless `dry_run`, start it; ask `Location` until it is done."""
        given = request.data
        check_upload(request._request)
        asked = ImportIn(data=given.dict() if isinstance(given, QueryDict) else given)
        asked.is_valid(raise_exception=True)
        wanted, actor = asked.validated_data, cast(Actor, request.user)
        job = plan_import(
            actor=actor,
            source_key=wanted.get("source") or default_source(actor=actor).key,
            name=wanted["file"].name,
            content=wanted["file"].file,
            mapping=wanted.get("mapping"),
            keeps_empty=wanted.get("keeps_empty", False),
            is_correction=wanted.get("correction", False),
        )
        if not wanted.get("dry_run"):
            job = start_import(actor=actor, job_id=job.pk)
        location = request.build_absolute_uri(f"{job.pk}/")
        return Response(ImportDetailOut(job).data, status=_ACCEPTED, headers={"Location": location})


class ImportView(DomainView):
    """One import."""

    @extend_schema(operation_id="imports_retrieve", responses=ImportDetailOut)
    def get(self, request: Request, job_id: int) -> Response:
        """The import with its plan and its counts so far."""
        return Response(ImportDetailOut(selectors.import_for(viewer=request.user, job_id=job_id)).data)


class ImportStartView(DomainView):
    """Starts an import."""

    permission_classes = [SendsData]

    @extend_schema(operation_id="imports_start", request=None, responses={_ACCEPTED: ImportDetailOut})
    def post(self, request: Request, job_id: int) -> Response:
        """Start a planned import, or take up a failed or cancelled one where it stopped."""
        job = start_import(actor=cast(Actor, request.user), job_id=job_id)
        return Response(ImportDetailOut(job).data, status=_ACCEPTED)


class ImportCancelView(DomainView):
    """Cancels an import."""

    permission_classes = [SendsData]

    @extend_schema(operation_id="imports_cancel", request=None, responses=ImportDetailOut)
    def post(self, request: Request, job_id: int) -> Response:
        """Stop an import; what was stored stays."""
        return Response(ImportDetailOut(cancel_import(actor=cast(Actor, request.user), job_id=job_id)).data)


class QuarantineView(DomainView):
    """The rows of an import that were refused."""

    pagination_class = CursorPages
    cursor_ordering = "line"

    @extend_schema(operation_id="imports_quarantine", responses=QuarantineOut(many=True))
    def get(self, request: Request, job_id: int) -> Response:
        """Refused rows by line, with reasons and the row as it stood."""
        job = selectors.import_for(viewer=request.user, job_id=job_id)
        return self.page(selectors.quarantine_of(job), lambda row: QuarantineOut(row).data)
