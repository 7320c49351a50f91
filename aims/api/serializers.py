"""How aims look to a client program."""

from typing import Any

from rest_framework import serializers

from aims.choices import Channel, EffortKind, JourneyStatus, Origin
from common.api import StrictSerializer


class JourneyStageOut(serializers.Serializer[Any]):
    """One stage of a journey."""

    key = serializers.CharField()
    name = serializers.CharField()
    goal = serializers.CharField()
    channels = serializers.ListField(child=serializers.ChoiceField(choices=Channel.choices))


class MomentOfTruthOut(serializers.Serializer[Any]):
    """One moment of truth; `ref` is how a proposal names it."""

    ref = serializers.CharField()
    journey = serializers.CharField(source="journey_key")
    name = serializers.CharField()
    stage = serializers.CharField()
    decides = serializers.CharField()
    channels = serializers.ListField(child=serializers.CharField())
    segments = serializers.ListField(child=serializers.CharField())


class JourneyOut(serializers.Serializer[Any]):
    """A journey in force."""

    key = serializers.CharField(source="journey.key")
    status = serializers.ChoiceField(choices=JourneyStatus.choices, source="journey.status")
    version = serializers.IntegerField(source="number")
    name = serializers.CharField()
    description = serializers.CharField(source="content.description")
    stages = JourneyStageOut(source="content.stages", many=True)
    moments = serializers.ListField(source="content.moments", child=serializers.DictField())
    enacted_at = serializers.DateTimeField()


class PartOut(serializers.Serializer[Any]):
    """One input of a score."""

    input = serializers.CharField(source="part.name")
    value = serializers.FloatField(source="part.value", allow_null=True)
    points = serializers.FloatField(source="part.points", allow_null=True, help_text="0 to 100; null: not known")
    weight = serializers.FloatField(source="part.weight")
    words = serializers.CharField()


class PriorityOut(serializers.Serializer[Any]):
    """One segment in the order of priorities."""

    segment = serializers.CharField(source="key")
    name = serializers.CharField()
    rank = serializers.IntegerField(allow_null=True)
    score = serializers.FloatField(source="value", allow_null=True, help_text="0 to 100")
    why = serializers.CharField(source="sentence")
    basis = PartOut(many=True)


class PrioritiesOut(serializers.Serializer[Any]):
    """All segments by priority."""

    results = PriorityOut(source="rows", many=True)
    weights_version = serializers.IntegerField(source="weights.number", help_text="0: nobody has set any yet")
    as_of = serializers.DateTimeField(allow_null=True)
    runs = serializers.ListField(child=serializers.IntegerField())


class WeightsIn(StrictSerializer):
    """What counts how much from now on."""

    weights = serializers.DictField(child=serializers.FloatField(), help_text="input -> number from 0; hour_costs")
    reason = serializers.CharField()


class WeightsOut(serializers.Serializer[Any]):
    """What counts how much."""

    version = serializers.IntegerField(source="number")
    weights = serializers.DictField(child=serializers.FloatField())
    hour_costs = serializers.FloatField()


class UsageOut(serializers.Serializer[Any]):
    """How a segment was used in a period."""

    segment = serializers.CharField(source="key")
    name = serializers.CharField()
    total = serializers.IntegerField()
    counts = serializers.DictField(child=serializers.IntegerField())
    last_on = serializers.DateField(allow_null=True)


class UsagesOut(serializers.Serializer[Any]):
    """All segments by use, the least used first."""

    results = UsageOut(many=True)
    days = serializers.IntegerField()


class ReleaseOut(serializers.Serializer[Any]):
    """An announcement."""

    number = serializers.IntegerField()
    title = serializers.CharField()
    vision = serializers.CharField()
    changes = serializers.ListField(child=serializers.DictField())
    objectives = serializers.ListField(child=serializers.DictField())
    published_by = serializers.CharField(source="published_by.username")
    published_at = serializers.DateTimeField()
    receipts = serializers.IntegerField(source="receipt_count", help_text="how many have read it")
    is_read = serializers.BooleanField(help_text="whether the caller has")


class ReleaseIn(StrictSerializer):
    """An announcement to publish."""

    title = serializers.CharField()
    vision = serializers.CharField()


class ActualOut(serializers.Serializer[Any]):
    """Where the metric stood on a day."""

    id = serializers.IntegerField()
    segment = serializers.CharField(source="segment.key", allow_null=True, default=None)
    origin = serializers.ChoiceField(choices=Origin.choices)
    value = serializers.FloatField()
    on = serializers.DateField()
    as_of = serializers.DateTimeField(allow_null=True)
    run = serializers.IntegerField(source="run_id", allow_null=True)
    basis = serializers.CharField()
    recorded_at = serializers.DateTimeField()


class ProgressOut(serializers.Serializer[Any]):
    """How far the objective has come, for a segment or as a whole."""

    segment = serializers.CharField(source="segment_key", allow_null=True)
    done = serializers.FloatField(allow_null=True, help_text="0 at the baseline, 1 at the target")
    pace = serializers.ChoiceField(choices=("reached", "on_course", "behind", "missed", "unknown"))
    actuals = ActualOut(many=True)


class ProgressesOut(serializers.Serializer[Any]):
    """The lines of one objective."""

    results = ProgressOut(many=True)


class ActualIn(StrictSerializer):
    """Where the metric stood, with evidence; for objectives that are not bound to data."""

    value = serializers.FloatField()
    on = serializers.DateField()
    evidence = serializers.CharField()
    corrects = serializers.IntegerField(required=False, allow_null=True, default=None)


class MeasuredOut(serializers.Serializer[Any]):
    """How many actuals were recorded."""

    recorded = serializers.IntegerField()


class EffortOut(serializers.Serializer[Any]):
    """What was spent on a segment in a period."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=EffortKind.choices)
    amount = serializers.FloatField()
    unit = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    what = serializers.CharField()


class EffortsOut(serializers.Serializer[Any]):
    """All that was spent on a segment."""

    results = EffortOut(many=True)


class EffortIn(StrictSerializer):
    """An effort to record."""

    kind = serializers.ChoiceField(choices=EffortKind.choices)
    amount = serializers.FloatField()
    unit = serializers.CharField(required=False, allow_blank=True, default="")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    what = serializers.CharField()
