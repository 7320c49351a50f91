"""How playbooks look to client programs."""

from typing import Any

from rest_framework import serializers

from common.api import StrictSerializer
from playbooks.models import PlaybookVersion
from playbooks.selectors.desk import Play


class PlaybookSerializer(serializers.Serializer[Any]):
    """A playbook in force."""

    segment = serializers.CharField()
    version = serializers.IntegerField()
    segment_version = serializers.IntegerField(help_text="the version of the rule that it was written for")
    enacted_at = serializers.DateTimeField()
    is_behind = serializers.BooleanField(help_text="the rule changed since and nobody has vouched for the playbook")
    content = serializers.JSONField()


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


def playbook_shape(version: PlaybookVersion) -> dict[str, Any]:
    """The values that `PlaybookSerializer` describes."""
    return {
        "segment": version.playbook.segment.key,
        "version": version.number,
        "segment_version": version.segment_version_number,
        "enacted_at": version.enacted_at,
        "is_behind": version.is_behind,  # type: ignore[attr-defined]  # annotated by the selector
        "content": version.content,
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
