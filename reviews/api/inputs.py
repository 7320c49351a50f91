"""What a client program sends about requests."""

from rest_framework import serializers

from common.api import StrictSerializer
from reviews.choices import Kind, Verdict


class SubjectIn(StrictSerializer):
    """What a request is about."""

    type = serializers.CharField()
    key = serializers.CharField()


class RequestIn(StrictSerializer):
    """A new request."""

    kind = serializers.CharField(help_text=f"one of {', '.join(Kind.values)}")
    subject = SubjectIn()
    proposed = serializers.DictField(help_text="the content; for a change only what changes")
    rationale = serializers.CharField()
    expected = serializers.CharField(required=False, allow_blank=True, default="")
    effective_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    title = serializers.CharField(required=False, allow_blank=True, default="")
    statement = serializers.DictField(required=False, help_text="who is affected, the way back, predictions, answers")


class RequestEditIn(StrictSerializer):
    """What shall be different; what is left out stays."""

    proposed = serializers.DictField(required=False)
    rationale = serializers.CharField(required=False)
    expected = serializers.CharField(required=False, allow_blank=True)
    effective_at = serializers.DateTimeField(required=False, allow_null=True)
    title = serializers.CharField(required=False, allow_blank=True)
    statement = serializers.DictField(required=False, help_text="what is given here takes the place of what stood")


class NothingIn(StrictSerializer):
    """No fields."""


class VoteIn(StrictSerializer):
    """A vote on what the digest names."""

    verdict = serializers.CharField(help_text=f"one of {', '.join(Verdict.values)}")
    reason = serializers.CharField(required=False, allow_blank=True, default="")
    digest = serializers.CharField(help_text="the digest of the request as you read it")
    delegation = serializers.IntegerField(
        source="delegation_id", required=False, help_text="the lent seat to vote from; your own right without it"
    )


class CommentIn(StrictSerializer):
    """A remark."""

    body = serializers.CharField()
    field = serializers.CharField(required=False, allow_blank=True, default="")
    clause = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="path of a clause of the rule, as in 0 or 1.2; or all"
    )


class SuggestionIn(StrictSerializer):
    """Another wording of one part."""

    field = serializers.CharField(help_text="title, rationale, expected, or a field of the content")
    proposed = serializers.JSONField(help_text="what should stand there")
    note = serializers.CharField(required=False, allow_blank=True, default="")


class ScheduleIn(StrictSerializer):
    """When the request shall take effect; null: as soon as it is approved."""

    effective_at = serializers.DateTimeField(allow_null=True)


class RebaseIn(StrictSerializer):
    """Which side to keep for each field that both changed."""

    choices = serializers.DictField(child=serializers.CharField(), required=False, default=dict)
