"""What an answer over several segments stands on, for a client program."""

from typing import Any

from rest_framework import serializers


class GroundOut(serializers.Serializer[Any]):
    """One segment: the version, the run and the instant that its members were of."""

    segment = serializers.CharField(source="key")
    name = serializers.CharField()
    version = serializers.IntegerField(source="version_number")
    run = serializers.IntegerField(source="run_id")
    as_of = serializers.DateTimeField(allow_null=True)


FRESH_WITHIN = (
    "seconds: whatever reached the portal longer ago than this is in the answer; 0 when nothing waits; null for "
    "answers about the past, which do not age"
)
COUNT = "a number, rounded where not exact, or “fewer than 5”"
