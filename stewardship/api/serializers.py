"""Shapes of upkeep for client programs."""

from typing import Any

from rest_framework import serializers

from common.api import StrictSerializer
from stewardship.choices import CaseState, Kept, RitualType, Stage


class CaseStepOut(serializers.Serializer[Any]):
    """One thing that happened to a case."""

    at = serializers.DateTimeField()
    deed = serializers.CharField()
    stage = serializers.CharField()
    by = serializers.CharField(source="by.username", allow_null=True, default=None)
    note = serializers.CharField()


class CaseOut(serializers.Serializer[Any]):
    """One case; `due_at` is when it goes on to the next stage."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()
    advice = serializers.CharField()
    url = serializers.CharField()
    segment = serializers.CharField(source="segment_key")
    state = serializers.ChoiceField(choices=CaseState.choices)
    stage = serializers.ChoiceField(choices=Stage.choices)
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    is_late = serializers.BooleanField()
    taker = serializers.CharField(source="taker.username", allow_null=True, default=None)
    closed_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    is_false_alarm = serializers.BooleanField()


class CaseWholeOut(CaseOut):
    """One case with what happened."""

    steps = CaseStepOut(source="steps.all", many=True)


class CaseMoveIn(StrictSerializer):
    """What to do with a case."""

    move = serializers.ChoiceField(choices=["take", "answer", "hand_on", "close"])
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    is_false_alarm = serializers.BooleanField(required=False, default=False)


class KeptOut(serializers.Serializer[Any]):
    """One thing with its review-by date."""

    type = serializers.ChoiceField(choices=Kept.choices)
    key = serializers.CharField()
    title = serializers.CharField()
    version = serializers.IntegerField(source="version_number")
    review_by = serializers.DateField()
    is_overdue = serializers.BooleanField()
    days = serializers.IntegerField()
    looked_at = serializers.DateTimeField(allow_null=True)


class ReviewIn(StrictSerializer):
    """Nothing to change, and why."""

    reason = serializers.CharField(max_length=2000)
    messaging = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    prioritisation = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    roadmap = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    minutes = serializers.CharField(max_length=20_000, required=False, allow_blank=True, default="")


class ReviewOut(serializers.Serializer[Any]):
    """One look at a thing."""

    id = serializers.IntegerField()
    type = serializers.ChoiceField(choices=Kept.choices)
    key = serializers.CharField()
    version = serializers.IntegerField(source="version_number")
    by = serializers.CharField(source="by.username")
    at = serializers.DateTimeField()
    reason = serializers.CharField()
    messaging = serializers.CharField()
    prioritisation = serializers.CharField()
    roadmap = serializers.CharField()
    minutes = serializers.CharField()


class AssessmentIn(StrictSerializer):
    """Three scores from 1 to 5 with their reasons."""

    journeys = serializers.IntegerField(min_value=1, max_value=5)
    journeys_note = serializers.CharField(max_length=1000)
    fit = serializers.IntegerField(min_value=1, max_value=5)
    fit_note = serializers.CharField(max_length=1000)
    competition = serializers.IntegerField(min_value=1, max_value=5)
    competition_note = serializers.CharField(max_length=1000)


class AssessmentOut(serializers.Serializer[Any]):
    """One assessment of a segment."""

    id = serializers.IntegerField()
    segment = serializers.CharField(source="segment_key")
    version = serializers.IntegerField(source="version_number")
    by = serializers.CharField(source="by.username")
    at = serializers.DateTimeField()
    journeys = serializers.IntegerField()
    journeys_note = serializers.CharField()
    fit = serializers.IntegerField()
    fit_note = serializers.CharField()
    competition = serializers.IntegerField()
    competition_note = serializers.CharField()
    size = serializers.IntegerField(allow_null=True)


class AuditOut(serializers.Serializer[Any]):
    """One audit; `report` and `digest` once both have signed."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    purpose = serializers.CharField()
    state = serializers.CharField()
    owner = serializers.CharField(source="owner.username")
    auditor = serializers.CharField(source="auditor.username")
    due_on = serializers.DateField()
    checklist = serializers.ListField(child=serializers.CharField())
    items = serializers.IntegerField(source="item_count")
    answered = serializers.IntegerField(source="done_count")
    open_findings = serializers.IntegerField(source="open_count")
    owner_signed_at = serializers.DateTimeField(allow_null=True)
    auditor_signed_at = serializers.DateTimeField(allow_null=True)
    report = serializers.JSONField(allow_null=True)
    digest = serializers.CharField()


class AuditIn(StrictSerializer):
    """An audit to open."""

    name = serializers.CharField(max_length=120)
    purpose = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    owner = serializers.CharField(max_length=150)
    auditor = serializers.CharField(max_length=150)
    due_on = serializers.DateField()
    checklist = serializers.ListField(child=serializers.CharField(max_length=300), max_length=30)
    types = serializers.ListField(child=serializers.ChoiceField(choices=Kept.choices), default=[Kept.SEGMENT.value])
    branch = serializers.CharField(max_length=63, required=False, allow_blank=True, default="")
    sample = serializers.IntegerField(min_value=0, max_value=10_000, required=False, default=0)


class CalendarOut(serializers.Serializer[Any]):
    """One line of the calendar."""

    on = serializers.DateField()
    type = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()
    url = serializers.CharField()
    is_overdue = serializers.BooleanField()
    is_done = serializers.BooleanField()


class RitualOut(serializers.Serializer[Any]):
    """One ritual."""

    id = serializers.IntegerField()
    type = serializers.ChoiceField(choices=RitualType.choices)
    name = serializers.CharField()
    meeting = serializers.CharField()
    every_days = serializers.IntegerField()
    next_on = serializers.DateField()
    owner = serializers.CharField(source="owner.username")
    attendees = serializers.ListField(child=serializers.CharField())
    agenda = serializers.CharField()
    branch = serializers.CharField()
    ended_at = serializers.DateTimeField(allow_null=True)


class OccurrenceOut(serializers.Serializer[Any]):
    """One time that a ritual was held, or a planning session."""

    id = serializers.IntegerField()
    ritual = serializers.IntegerField(source="ritual_id", allow_null=True)
    type = serializers.CharField()
    title = serializers.CharField()
    on = serializers.DateField()
    teams = serializers.ListField(child=serializers.CharField())
    topics = serializers.CharField()
    attendees = serializers.ListField(child=serializers.CharField())
    notes = serializers.CharField()
    decisions = serializers.JSONField()
    segments = serializers.ListField(child=serializers.CharField())
    run = serializers.IntegerField(source="run_id", allow_null=True)
    held_at = serializers.DateTimeField(allow_null=True)
