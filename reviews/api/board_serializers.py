"""How boards look to a client program, and how one shall stand."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from accounts.choices import Function
from common.api import StrictSerializer
from reviews.choices import USUAL_TYPES


@extend_schema_serializer(component_name="BoardPolicyIn")
class PolicyIn(StrictSerializer):
    """What a board asks for."""

    quorum = serializers.IntegerField(required=False)
    required = serializers.DictField(  # type: ignore[assignment]  # a field of ours, not the option
        child=serializers.IntegerField(), required=False
    )
    reject_on = serializers.CharField(required=False)
    expires_days = serializers.IntegerField(required=False)
    people = serializers.ListField(child=serializers.CharField(), required=False, help_text="parent_owner, user:name")
    outsiders = serializers.IntegerField(required=False, help_text="invited people from outside who must say yes")
    notice_days = serializers.IntegerField(required=False, help_text="days between approval and effect")
    due_days = serializers.IntegerField(required=False, allow_null=True, help_text="days until a decision is due")
    demands = serializers.ListField(child=serializers.CharField(), required=False, help_text="prediction, ethics, ...")
    tolerance = serializers.FloatField(required=False, help_text="share by which an impact may be off when applied")
    conditions = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="name, when, then: what larger or smaller changes need"
    )


class BoardIn(StrictSerializer):
    """A board as it shall stand; with `seats` exactly those people sit in it."""

    name = serializers.CharField()
    description = serializers.CharField(required=False, allow_blank=True, default="")
    branches = serializers.ListField(child=serializers.CharField(), required=False, default=list)
    subject_types = serializers.ListField(
        child=serializers.CharField(), required=False, default=lambda: list(USUAL_TYPES)
    )
    policy = PolicyIn()
    escalates_to = serializers.CharField(required=False, help_text="the board above; left out, it stays")
    seats = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="function -> user names",
    )


class SeatOut(serializers.Serializer[Any]):
    """A seat that is held now."""

    username = serializers.CharField(source="user.username")
    display_name = serializers.CharField(source="user.display_name")
    function = serializers.ChoiceField(choices=Function.choices)
    since = serializers.DateTimeField()


class BoardPolicyOut(serializers.Serializer[Any]):
    """What a board asks for."""

    quorum = serializers.IntegerField()
    required = serializers.DictField(child=serializers.IntegerField())  # type: ignore[assignment]
    reject_on = serializers.CharField()
    expires_days = serializers.IntegerField()
    people = serializers.ListField(child=serializers.CharField(), required=False)
    outsiders = serializers.IntegerField(required=False)
    notice_days = serializers.IntegerField(required=False)
    due_days = serializers.IntegerField(required=False)
    demands = serializers.ListField(child=serializers.CharField(), required=False)
    tolerance = serializers.FloatField(required=False)
    conditions = serializers.ListField(child=serializers.DictField(), required=False)


class BoardOut(serializers.Serializer[Any]):
    """A board with its seats by function."""

    key = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    branches = serializers.ListField(child=serializers.CharField())
    subject_types = serializers.ListField(child=serializers.CharField())
    policy = BoardPolicyOut()
    policy_version = serializers.IntegerField()
    version = serializers.IntegerField()
    seats = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    members = SeatOut(many=True)
    escalates_to = serializers.CharField(allow_null=True)
