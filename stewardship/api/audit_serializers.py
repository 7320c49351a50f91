"""Shapes of audits for client programs: items, answers, findings."""

from typing import Any

from rest_framework import serializers

from common.api import StrictSerializer
from stewardship.choices import FindingState, Kept, Severity


class AnswerIn(StrictSerializer):
    """The answer to one question of the checklist."""

    ok = serializers.BooleanField()
    note = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, default="", help_text="required where it is not ok"
    )


class AnswersIn(StrictSerializer):
    """The answers to all questions, in the order of the checklist."""

    answers = AnswerIn(many=True)


class FindingIn(StrictSerializer):
    """What is wrong, who mends it, until when."""

    text = serializers.CharField(max_length=2000)
    severity = serializers.ChoiceField(choices=Severity.choices)
    owner = serializers.CharField(max_length=150, help_text="user name")
    due_on = serializers.DateField()


class SettleIn(StrictSerializer):
    """What became of a finding."""

    state = serializers.ChoiceField(choices=[each for each in FindingState.choices if each[0] != FindingState.OPEN])
    answer = serializers.CharField(max_length=2000)
    request = serializers.IntegerField(
        source="request_id", min_value=1, required=False, allow_null=True, default=None, help_text="that mends it"
    )


class FindingOut(serializers.Serializer[Any]):
    """One finding; open until it is mended or accepted."""

    id = serializers.IntegerField()
    audit = serializers.IntegerField(source="item.campaign_id")
    item = serializers.IntegerField(source="item_id")
    type = serializers.ChoiceField(source="item.type", choices=Kept.choices)
    key = serializers.CharField(source="item.key")
    text = serializers.CharField()
    severity = serializers.ChoiceField(choices=Severity.choices)
    owner = serializers.CharField(source="owner.username")
    due_on = serializers.DateField()
    state = serializers.ChoiceField(choices=FindingState.choices)
    raised_by = serializers.CharField(source="raised_by.username")
    raised_at = serializers.DateTimeField()
    request = serializers.IntegerField(source="request_id", allow_null=True)
    answer = serializers.CharField()
    settled_by = serializers.CharField(source="settled_by.username", allow_null=True, default=None)
    settled_at = serializers.DateTimeField(allow_null=True)


class AnswerOut(serializers.Serializer[Any]):
    """One question and its answer."""

    question = serializers.CharField()
    ok = serializers.BooleanField()
    note = serializers.CharField()


class AuditItemOut(serializers.Serializer[Any]):
    """One thing that an audit looks at; done once every question is answered."""

    id = serializers.IntegerField()
    audit = serializers.IntegerField(source="campaign_id")
    type = serializers.ChoiceField(choices=Kept.choices)
    key = serializers.CharField()
    title = serializers.CharField()
    version = serializers.IntegerField(source="version_number")
    assignee = serializers.CharField(source="assignee.username")
    checklist = serializers.ListField(source="campaign.checklist", child=serializers.CharField())
    answers = AnswerOut(many=True)
    done_by = serializers.CharField(source="done_by.username", allow_null=True, default=None)
    done_at = serializers.DateTimeField(allow_null=True)
