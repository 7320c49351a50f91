"""Files of members for client programs: ask, follow, take."""

from typing import Any, ClassVar, cast

from django.http import HttpResponseBase
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from common.actors import Actor
from common.api import CursorPages, DomainView, StrictSerializer
from common.web.files import file_response
from memberships.choices import ExportState, FileFormat
from memberships.models import Export
from memberships.selectors import exports as selectors
from memberships.services.exports import cancel_export, request_export, retry_export, take_file


class ExportIn(StrictSerializer):
    """What the file is to hold: members of a segment (now or `at`), of a list, or changes of a segment (`since`)."""

    of = serializers.ChoiceField(choices=["members", "list", "changes"])
    segment = serializers.CharField(required=False, max_length=63)
    list = serializers.IntegerField(required=False)
    at = serializers.DateTimeField(required=False, allow_null=True)
    since = serializers.DateTimeField(required=False, allow_null=True)
    format = serializers.ChoiceField(choices=FileFormat.choices)
    columns = serializers.ListField(
        child=serializers.CharField(max_length=63),
        required=False,
        max_length=200,
        help_text="beside the id: since, cause and keys of attributes that the caller may see",
    )
    mark = serializers.BooleanField(required=False, help_text="begin a CSV with the byte order mark")


class ExportOut(serializers.Serializer[Any]):
    """One file and how far it is; `url` once it can be taken, until `expires_at`."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    what = serializers.JSONField()
    format = serializers.ChoiceField(choices=FileFormat.choices)
    state = serializers.ChoiceField(choices=ExportState.choices)
    done = serializers.IntegerField(help_text="rows written")
    total = serializers.IntegerField(help_text="rows to write")
    rate = serializers.SerializerMethodField(help_text="rows a second, while it is being written")
    remaining = serializers.SerializerMethodField(help_text="seconds, while it is being written")
    bytes = serializers.IntegerField()
    stamp = serializers.JSONField(help_text="the version, run, as-of and state that it is of")
    error = serializers.CharField(allow_blank=True)
    asked_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    url = serializers.SerializerMethodField()

    @staticmethod
    def get_rate(export: Export) -> float | None:
        return selectors.pace_of(export).rate

    @staticmethod
    def get_remaining(export: Export) -> float | None:
        return selectors.pace_of(export).seconds

    def get_url(self, export: Export) -> str | None:
        return reverse("api-export-file", args=[export.pk]) if export.state == ExportState.DONE else None


class ExportsView(DomainView):
    """Files of the caller."""

    pagination_class = CursorPages
    cursor_ordering = "-pk"

    @extend_schema(operation_id="exports_list", responses=ExportOut(many=True))
    def get(self, request: Request) -> Response:
        """Those that the caller asked for, newest first."""
        rows = selectors.exports_for(viewer=request.user).filter(asked_by=cast(Any, request.user))
        return self.page(rows, lambda export: ExportOut(export).data)

    @extend_schema(operation_id="exports_create", request=ExportIn, responses={202: ExportOut})
    def post(self, request: Request) -> Response:
        """Ask for a file; a worker writes it. Ask `Location` until the state is `done`."""
        asked = ExportIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given = dict(asked.validated_data)
        what = {name: given[name] for name in ("of", "segment", "list", "at", "since") if name in given}
        export = request_export(
            actor=cast(Actor, request.user),
            what=what,
            format=given["format"],
            columns=given.get("columns", ()),
            mark=given.get("mark", False),
        )
        response = Response(ExportOut(export).data, status=status.HTTP_202_ACCEPTED)
        response["Location"] = request.build_absolute_uri(reverse("api-export", args=[export.pk]))
        return response


class ExportView(DomainView):
    """One file."""

    @extend_schema(operation_id="exports_retrieve", responses=ExportOut)
    def get(self, request: Request, export_id: int) -> Response:
        """Its state and progress."""
        return Response(ExportOut(selectors.export_for(viewer=request.user, export_id=export_id)).data)


class ExportCancelView(DomainView):
    """Stops a file."""

    @extend_schema(operation_id="exports_cancel", request=None, responses=ExportOut)
    def post(self, request: Request, export_id: int) -> Response:
        """Cancel a file that waits or is being written."""
        return Response(ExportOut(cancel_export(actor=cast(Actor, request.user), export_id=export_id)).data)


class ExportRetryView(DomainView):
    """Tries a file again."""

    @extend_schema(operation_id="exports_retry", request=None, responses={202: ExportOut})
    def post(self, request: Request, export_id: int) -> Response:
        """Write again what failed or was cancelled; the file holds what it was to hold at first."""
        export = retry_export(actor=cast(Actor, request.user), export_id=export_id)
        return Response(ExportOut(export).data, status=status.HTTP_202_ACCEPTED)


class ExportFileView(DomainView):
    """The content of a file."""

    required_scope: ClassVar[str | None] = "read"

    @extend_schema(operation_id="exports_file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, export_id: int) -> HttpResponseBase:
        """The file itself; takes Range. The caller's rights are looked at again."""
        export, path = take_file(actor=cast(Actor, request.user), export_id=export_id)
        return file_response(request._request, path, name=selectors.name_of(export))
