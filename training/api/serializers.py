"""How briefs and progress look to client programs."""

from typing import Any

from rest_framework import serializers

from common.api import StrictSerializer
from training.models import BriefVersion, Progress
from training.selectors import PathRow, RetiredBrief


class PathRowSerializer(serializers.Serializer[Any]):
    """One brief on the caller's path."""

    segment = serializers.CharField()
    name = serializers.CharField()
    title = serializers.CharField()
    version = serializers.IntegerField()
    state = serializers.CharField(help_text="new, begun, changed or done")
    position = serializers.IntegerField()
    steps = serializers.IntegerField()
    minutes_left = serializers.IntegerField()


class BriefSerializer(serializers.Serializer[Any]):
    """A brief in force. Which choice is right is not told here."""

    segment = serializers.CharField()
    version = serializers.IntegerField()
    segment_version = serializers.IntegerField()
    enacted_at = serializers.DateTimeField()
    content = serializers.JSONField()
    status = serializers.CharField(help_text="active, or retired: out of use, the content is how it read last")
    retired_at = serializers.DateTimeField(allow_null=True)
    successor = serializers.CharField(allow_null=True, help_text="segment whose brief took its place")


class ProgressSerializer(serializers.Serializer[Any]):
    """How far the caller is."""

    segment = serializers.CharField()
    version = serializers.IntegerField()
    position = serializers.IntegerField()
    steps = serializers.IntegerField()
    completed_at = serializers.DateTimeField(allow_null=True)
    answers = serializers.JSONField()


class AnswerSerializer(StrictSerializer):
    """An answer: nothing for a step to read, the number of a choice, "in" or "out"."""

    version = serializers.IntegerField(min_value=1)
    answer = serializers.JSONField(required=False, allow_null=True, default=None)


class StepResultSerializer(serializers.Serializer[Any]):
    """What the answer was worth, with the feedback that teaches."""

    right = serializers.BooleanField(allow_null=True)
    feedback = serializers.CharField(allow_blank=True)
    progress = ProgressSerializer()


def path_shape(row: PathRow) -> dict[str, Any]:
    """The values that `PathRowSerializer` describes."""
    return {
        "segment": row.key,
        "name": row.name,
        "title": row.version.content["walkthrough"]["title"],
        "version": row.version.number,
        "state": row.state,
        "position": row.position,
        "steps": row.steps,
        "minutes_left": row.minutes_left,
    }


def brief_shape(version: BriefVersion, gone: RetiredBrief | None = None) -> dict[str, Any]:
    """The values that `BriefSerializer` describes."""
    content = dict(version.content)
    walkthrough = dict(content["walkthrough"])
    walkthrough["steps"] = [_without_answers(step) for step in walkthrough["steps"]]
    return {
        "segment": version.brief.segment.key,
        "version": version.number,
        "segment_version": version.segment_version_number,
        "enacted_at": version.enacted_at,
        "content": {**content, "walkthrough": walkthrough},
        "status": "retired" if gone else "active",
        "retired_at": gone.at if gone else None,
        "successor": gone.successor_key if gone else None,
    }


def _without_answers(step: dict[str, Any]) -> dict[str, Any]:
    hidden = ("in_feedback", "out_feedback")
    shown = {name: value for name, value in step.items() if name not in hidden}
    if "choices" in shown:
        shown["choices"] = [{"text": choice["text"]} for choice in shown["choices"]]
    return shown


def progress_shape(progress: Progress, segment_key: str) -> dict[str, Any]:
    """The values that `ProgressSerializer` describes."""
    return {
        "segment": segment_key,
        "version": progress.version.number,
        "position": progress.position,
        "steps": len(progress.version.content["walkthrough"]["steps"]),
        "completed_at": progress.completed_at,
        "answers": progress.answers,
    }
