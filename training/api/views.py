"""Briefs and walkthroughs for client programs."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import DomainView, etag_of, with_etag
from common.errors import NotFound
from training.api.serializers import (
    AnswerSerializer,
    BriefSerializer,
    PathRowSerializer,
    ProgressSerializer,
    StepResultSerializer,
    brief_shape,
    path_shape,
    progress_shape,
)
from training.selectors import (
    briefs_for,
    last_version,
    live_version,
    path_of_learning,
    progress_for,
    retired_brief,
    step_page,
)
from training.services.walkthroughs import answer_step, start_walkthrough


class PathView(DomainView):
    """The caller's path of learning."""

    @extend_schema(operation_id="training_path", responses=PathRowSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Every brief with the caller's progress: begun first, then new, then done."""
        rows = [path_shape(row) for row in path_of_learning(viewer=request.user)]
        return Response({"results": PathRowSerializer(rows, many=True).data, "next": None})


class BriefView(DomainView):
    """One brief."""

    @extend_schema(operation_id="training_brief", responses=BriefSerializer)
    def get(self, request: Request, key: str) -> Response:
        """The brief of a segment with its walkthrough; where it is out of use, how it read last."""
        version = briefs_for(viewer=request.user).filter(brief__segment__key=key).first()
        gone = None if version else retired_brief(key)
        version = version or (last_version(key) if gone else None) or live_version(key)
        answer = Response(BriefSerializer(brief_shape(version, gone)).data)
        return with_etag(answer, etag_of("brief", key, version.number, *(["retired"] if gone else [])))


class WalkthroughView(DomainView):
    """The caller's way through a walkthrough."""

    @extend_schema(operation_id="training_progress", responses=ProgressSerializer)
    def get(self, request: Request, key: str) -> Response:
        """How far the caller is."""
        progress = progress_for(viewer=request.user, version=live_version(key))
        if progress is None:
            raise NotFound("You have not begun this walkthrough. Begin it with a POST.")
        return Response(ProgressSerializer(progress_shape(progress, key)).data)

    @extend_schema(operation_id="training_start", request=None, responses={201: ProgressSerializer})
    def post(self, request: Request, key: str) -> Response:
        """Begin, or find the place again."""
        progress = start_walkthrough(actor=request.user, segment_key=key)
        return Response(ProgressSerializer(progress_shape(progress, key)).data, status=201)


class StepView(DomainView):
    """One step."""

    @extend_schema(operation_id="training_answer", request=AnswerSerializer, responses=StepResultSerializer)
    def post(self, request: Request, key: str, index: int) -> Response:
        """Answer a step (counted from 0) and read the feedback."""
        given = AnswerSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        progress = answer_step(
            actor=request.user,
            segment_key=key,
            version_number=given.validated_data["version"],
            index=index,
            answer=given.validated_data["answer"],
        )
        page = step_page(progress=progress, segment_key=key, index=index)
        result = {
            "right": page.answer["right"] if page.answer else None,
            "feedback": page.feedback,
            "progress": progress_shape(progress, key),
        }
        return Response(StepResultSerializer(result).data)
