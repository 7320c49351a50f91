"""How memberships look to a client program."""

from typing import Any

from rest_framework import serializers

from common.api import StrictSerializer
from memberships.api.grounds import FRESH_WITHIN
from memberships.choices import Cause, Freshness, Phase, RunKind, RunState, Trigger


class RuleIn(StrictSerializer):
    """A rule as text or as a tree; one of the two."""

    text = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    rule = serializers.JSONField(required=False)
    parent = serializers.CharField(  # type: ignore[assignment]
        required=False, allow_null=True, help_text="key of the segment to stand below"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("text" in attrs) == ("rule" in attrs):
            raise serializers.ValidationError("Give the rule either as text or as rule (a tree).", code="one_of")
        if "rule" in attrs and not isinstance(attrs["rule"], dict):
            raise serializers.ValidationError({"rule": serializers.ErrorDetail("A tree is an object.", "wrong_type")})
        return attrs


class FunnelStepOut(serializers.Serializer[Any]):
    """One more clause: how many are left, how many it took away. Small counts may be words, others rounded."""

    clause = serializers.CharField()
    words = serializers.CharField()
    kept = serializers.JSONField(help_text="a number, or “fewer than 5”")
    dropped = serializers.JSONField(help_text="a number, or “fewer than 5”")
    hidden = serializers.BooleanField(source="is_hidden", help_text="conditions on attributes that are not shown")


class PreviewOut(serializers.Serializer[Any]):
    """How many customers a rule selects; `exact` is false where counts are rounded, for who may not see customers."""

    count = serializers.JSONField(help_text="a number, or “fewer than 5”")
    total = serializers.IntegerField()
    as_of = serializers.DateTimeField()
    build = serializers.IntegerField()
    exact = serializers.BooleanField()
    funnel = FunnelStepOut(many=True)


class MembersOut(serializers.Serializer[Any]):
    """Ids of members in their order, with what they were read from."""

    results = serializers.ListField(child=serializers.CharField())
    next = serializers.URLField(allow_null=True)
    segment = serializers.CharField()
    version = serializers.IntegerField()
    run = serializers.IntegerField()
    as_of = serializers.DateTimeField()
    published_at = serializers.DateTimeField()
    total = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Freshness.choices, allow_null=True)
    fresh_within = serializers.IntegerField(allow_null=True, help_text=FRESH_WITHIN)
    purpose = serializers.CharField(allow_null=True)


class ChangeOut(serializers.Serializer[Any]):
    """Who entered and who left by one run."""

    at = serializers.DateTimeField()
    run = serializers.IntegerField(source="run_id")
    version = serializers.IntegerField(source="version_number")
    previous_version = serializers.IntegerField(source="previous_version_number", allow_null=True)
    cause = serializers.ChoiceField(choices=Cause.choices)
    entered = serializers.ListField(child=serializers.CharField())
    left = serializers.ListField(child=serializers.CharField())
    entered_count = serializers.IntegerField()
    left_count = serializers.IntegerField()


class ChangesOut(serializers.Serializer[Any]):
    """Changes of one segment, oldest first."""

    results = ChangeOut(many=True)
    next = serializers.URLField(allow_null=True)
    segment = serializers.CharField()


class MembershipOut(serializers.Serializer[Any]):
    """One segment that the customer is in."""

    key = serializers.CharField()
    name = serializers.CharField()
    version = serializers.IntegerField(source="version_number")
    since = serializers.DateTimeField(allow_null=True)
    run = serializers.IntegerField(source="run_id")
    as_of = serializers.DateTimeField(allow_null=True)


class CustomerSegmentsOut(serializers.Serializer[Any]):
    """The segments of one customer; `as_of` is that of the oldest answer among them."""

    customer = serializers.CharField()
    as_of = serializers.DateTimeField(allow_null=True)
    fresh_within = serializers.IntegerField(allow_null=True, help_text=FRESH_WITHIN)
    results = MembershipOut(many=True)


class RunIn(StrictSerializer):
    """What to recompute: the named segments and what is built on them; everything when none is named."""

    segments = serializers.ListField(child=serializers.CharField(max_length=63), required=False, max_length=500)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300)


class RepeatIn(StrictSerializer):
    """How to compute the run again; what is left out stays with the engine. None of it may change what comes out."""

    engine = serializers.CharField(required=False, max_length=20, help_text="polars, shards or spark")
    threads = serializers.IntegerField(required=False, min_value=1, max_value=64)
    shards = serializers.IntegerField(required=False, min_value=1, max_value=1000)
    slice_rows = serializers.IntegerField(required=False, min_value=65_536, help_text="a multiple of 65,536")
    order = serializers.IntegerField(required=False, min_value=1, help_text="the seed of another order of the rules")


class BuildOut(serializers.Serializer[Any]):
    """The customers' data that a run read."""

    number = serializers.IntegerField()
    digest = serializers.CharField()


class RunOut(serializers.Serializer[Any]):
    """One run; the manifest is there when it has ended."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=RunKind.choices)
    state = serializers.ChoiceField(choices=RunState.choices)
    trigger = serializers.ChoiceField(choices=Trigger.choices)
    reason = serializers.CharField()
    requested_by = serializers.CharField(source="requested_by.username", allow_null=True, default=None)
    segments = serializers.ListField(child=serializers.CharField(), source="segment_keys")
    repeats = serializers.IntegerField(source="repeats_id", allow_null=True, help_text="of a repetition: which run")
    options = serializers.JSONField()
    verdict = serializers.SerializerMethodField(help_text="of a repetition: identical or different, empty before")
    phase = serializers.ChoiceField(choices=Phase.choices)
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    attempts = serializers.IntegerField()
    build = BuildOut(allow_null=True)
    as_of = serializers.DateTimeField(allow_null=True)
    queued_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    output_digest = serializers.CharField()
    error_code = serializers.CharField()
    error_advice = serializers.CharField()
    manifest = serializers.JSONField(allow_null=True)

    @staticmethod
    def get_verdict(run: Any) -> str:
        verdict: str = run.manifest.get("comparison", {}).get("verdict", "")
        return verdict


class RunLineOut(RunOut):
    """A run in a list, without its manifest."""

    manifest = None  # type: ignore[assignment]
