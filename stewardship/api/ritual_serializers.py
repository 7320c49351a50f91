"""Shapes of rituals and sessions for client programs, as they are sent."""

from rest_framework import serializers

from common.api import StrictSerializer
from stewardship.choices import RitualType


class RitualIn(StrictSerializer):
    """A ritual as it shall stand."""

    type = serializers.ChoiceField(source="type_", choices=RitualType.choices)
    name = serializers.CharField(max_length=120)
    meeting = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    every_days = serializers.IntegerField(help_text="1 to 730")
    next_on = serializers.DateField()
    owner = serializers.CharField(max_length=150, help_text="user name")
    attendees = serializers.ListField(child=serializers.CharField(max_length=150), max_length=200, required=False)
    agenda = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    branch = serializers.CharField(
        max_length=63, required=False, allow_blank=True, default="", help_text="key of a segment; empty: everything"
    )


class DecisionIn(StrictSerializer):
    """One decision, with the segments and the request that it is about."""

    text = serializers.CharField(max_length=1000)
    segments = serializers.ListField(child=serializers.CharField(max_length=63), max_length=100, required=False)
    request = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class HoldRitualIn(StrictSerializer):
    """What came of a ritual on one day."""

    on = serializers.DateField()
    notes = serializers.CharField(max_length=20_000)
    decisions = DecisionIn(many=True, required=False)
    attendees = serializers.ListField(child=serializers.CharField(max_length=150), max_length=200, required=False)


class SessionIn(StrictSerializer):
    """A joint planning session to plan."""

    title = serializers.CharField(max_length=120)
    on = serializers.DateField()
    teams = serializers.ListField(child=serializers.CharField(max_length=80), max_length=50, help_text="at least two")
    topics = serializers.CharField(max_length=4000)
    attendees = serializers.ListField(child=serializers.CharField(max_length=150), max_length=200, required=False)
    segments = serializers.ListField(child=serializers.CharField(max_length=63), max_length=100, required=False)


class HoldSessionIn(StrictSerializer):
    """What came of a session."""

    notes = serializers.CharField(max_length=20_000)
    decisions = DecisionIn(many=True, required=False)
