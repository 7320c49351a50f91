"""How playbooks look to client programs."""

from typing import Any

from rest_framework import serializers

from common.api import StrictSerializer
from playbooks.models import PlaybookVersion
from playbooks.selectors import RetiredPlaybook
from playbooks.selectors.desk import Play


class PlaybookSerializer(serializers.Serializer[Any]):
    """A playbook in force."""

    segment = serializers.CharField()
    version = serializers.IntegerField()
    segment_version = serializers.IntegerField(help_text="the version of the rule that it was written for")
    enacted_at = serializers.DateTimeField()
    is_behind = serializers.BooleanField(help_text="the rule changed since and nobody has vouched for the playbook")
    content = serializers.JSONField()
    status = serializers.CharField(help_text="active, or retired: out of use, the content is how it read last")
    retired_at = serializers.DateTimeField(allow_null=True)
    successor = serializers.CharField(allow_null=True, help_text="segment whose playbook took its place")


class ConfirmationSerializer(StrictSerializer):
    """Which version was read."""

    version = serializers.IntegerField(min_value=1)


class ReceiptSerializer(serializers.Serializer[Any]):
    """The confirmation as it stands."""

    segment = serializers.CharField()
    version = serializers.IntegerField()
    confirmed_at = serializers.DateTimeField()


class PlaySerializer(serializers.Serializer[Any]):
    """A playbook to follow for a customer."""

    segment = serializers.CharField()
    name = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    playbook_version = serializers.IntegerField()
    next_steps = serializers.JSONField()


def playbook_shape(version: PlaybookVersion, gone: RetiredPlaybook | None = None) -> dict[str, Any]:
    """The values that `PlaybookSerializer` describes."""
    return {
        "segment": version.playbook.segment.key,
        "version": version.number,
        "segment_version": version.segment_version_number,
        "enacted_at": version.enacted_at,
        "is_behind": bool(getattr(version, "is_behind", False)),
        "content": version.content,
        "status": "retired" if gone else "active",
        "retired_at": gone.at if gone else None,
        "successor": gone.successor_key if gone else None,
    }


def play_shape(play: Play) -> dict[str, Any]:
    """The values that `PlaySerializer` describes."""
    return {
        "segment": play.segment_key,
        "name": play.segment_name,
        "since": play.since,
        "playbook_version": play.version.number,
        "next_steps": play.version.content["next_steps"],
    }
