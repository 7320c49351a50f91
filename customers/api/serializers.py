"""How the data storey looks to a client program."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api import StrictSerializer
from customers.choices import (
    AttributeType,
    Dimension,
    EventType,
    Grain,
    Sensitivity,
    SourceKind,
)
from customers.selectors import derivation_sentence


@extend_schema_field({"oneOf": [{"type": "number"}, {"type": "string"}], "nullable": True})
class _LimitField(serializers.JSONField):
    """A number, or a date or moment as text."""


@extend_schema_field(
    {
        "type": "object",
        "nullable": True,
        "additionalProperties": True,
        "example": {"kind": "event", "event": "Order Completed", "aggregate": "count", "within_days": 30, "where": []},
    }
)
class _DerivationField(serializers.JSONField):
    """How values are computed: from events, or as points for other attributes."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict) or not data:
            raise serializers.ValidationError(
                "A derivation is an object with its kind; null: the values are collected."
            )
        return super().to_internal_value(data)


class AttributeIn(StrictSerializer):
    """What shall be said of an attribute; what is left out has its default."""

    label = serializers.CharField(max_length=120)  # type: ignore[assignment]
    description = serializers.CharField(required=False, allow_blank=True)
    type = serializers.ChoiceField(choices=AttributeType.choices)
    dimension = serializers.ChoiceField(choices=Dimension.choices)
    unit = serializers.CharField(required=False, allow_blank=True)
    choices = serializers.ListField(child=serializers.CharField(), required=False)
    source = serializers.CharField(required=False, allow_null=True, help_text="key of a source")  # type: ignore[assignment]
    steward = serializers.CharField(required=False, allow_null=True, help_text="user name")
    sensitivity = serializers.ChoiceField(choices=Sensitivity.choices, required=False)
    purposes = serializers.ListField(child=serializers.CharField(), required=False)
    grain = serializers.ChoiceField(choices=Grain.choices, required=False)
    quality_threshold = serializers.FloatField(required=False, help_text="share of customers that need a value, 0 to 1")
    minimum = _LimitField(required=False, allow_null=True, help_text="lowest value: a number, date or moment")
    maximum = _LimitField(required=False, allow_null=True, help_text="highest value")
    is_whole = serializers.BooleanField(required=False, help_text="numbers without a fraction only")
    is_always_known = serializers.BooleanField(required=False, help_text="no customer lacks a value")
    not_before = serializers.CharField(
        required=False, allow_null=True, help_text="key of an attribute of the same type whose value is never later"
    )
    derivation = _DerivationField(
        required=False, allow_null=True, help_text="how it is computed (docs/profile-builds.md); null: it is collected"
    )


class QualityOut(serializers.Serializer[Any]):
    """What the newest measured profile build found."""

    filled = serializers.IntegerField(allow_null=True)
    total = serializers.IntegerField(allow_null=True)
    rate = serializers.FloatField(allow_null=True)
    distinct = serializers.IntegerField(allow_null=True)
    as_of = serializers.DateTimeField(allow_null=True)
    build = serializers.IntegerField(source="build_number", allow_null=True)


class AttributeOut(serializers.Serializer[Any]):
    """One attribute of the catalogue."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    description = serializers.CharField()
    type = serializers.ChoiceField(choices=AttributeType.choices)
    dimension = serializers.ChoiceField(choices=Dimension.choices)
    unit = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField())
    source = serializers.CharField(source="source.key", default=None, allow_null=True)  # type: ignore[assignment]
    steward = serializers.CharField(source="steward.username", default=None, allow_null=True)
    sensitivity = serializers.ChoiceField(choices=Sensitivity.choices)
    purposes = serializers.ListField(child=serializers.CharField())
    grain = serializers.ChoiceField(choices=Grain.choices)
    quality_threshold = serializers.FloatField()
    minimum = _LimitField(allow_null=True)
    maximum = _LimitField(allow_null=True)
    is_whole = serializers.BooleanField()
    is_always_known = serializers.BooleanField()
    not_before = serializers.CharField(source="not_before.key", default=None, allow_null=True)
    derivation = _DerivationField(allow_null=True)
    is_live = serializers.BooleanField()
    retired_at = serializers.DateTimeField(allow_null=True)
    successor = serializers.CharField(source="successor.key", default=None, allow_null=True)
    version = serializers.IntegerField()


class DeclaredFactOut(serializers.Serializer[Any]):
    """One declared fact and whether it holds on the newest profile build."""

    fact = serializers.CharField()
    words = serializers.CharField()
    state = serializers.ChoiceField(choices=["holds", "broken", "uncounted"])
    broken = serializers.IntegerField(allow_null=True, help_text="customers; null: fewer than 5")
    total = serializers.IntegerField()
    build = serializers.IntegerField(source="build_number", allow_null=True)


class AttributeDetailOut(AttributeOut):
    """One attribute with the quality of its values, what is declared of them, and how they are computed."""

    computed = serializers.SerializerMethodField(help_text="the derivation as a sentence; empty: it is collected")
    quality = QualityOut()
    facts = DeclaredFactOut(many=True)

    def get_computed(self, attribute: Any) -> str:
        return derivation_sentence(attribute.derivation)


class FrequentOut(serializers.Serializer[Any]):
    """One value and how many customers have it."""

    value = serializers.JSONField()
    count = serializers.IntegerField()


class BarOut(serializers.Serializer[Any]):
    """How many customers have a value from `low` to below `high`."""

    low = _LimitField()
    high = _LimitField()
    count = serializers.IntegerField()


class DistributionOut(serializers.Serializer[Any]):
    """How the values of an attribute are spread on the newest profile build; no group of fewer than 5 is counted."""

    key = serializers.CharField()
    type = serializers.CharField(help_text="empty while no build holds the attribute")
    build = serializers.IntegerField(source="build_number", allow_null=True)
    as_of = serializers.DateTimeField(allow_null=True)
    known = serializers.IntegerField(help_text="customers with a value")
    total = serializers.IntegerField()
    fill_rate = serializers.FloatField()
    top = serializers.SerializerMethodField()
    bars = serializers.SerializerMethodField()
    others = serializers.IntegerField(help_text="customers whose values are in neither list")
    minimum = _LimitField(allow_null=True)
    maximum = _LimitField(allow_null=True)
    median = _LimitField(allow_null=True)
    hides_values = serializers.BooleanField(help_text="the caller may know the fill rate alone")

    @extend_schema_field(FrequentOut(many=True))
    def get_top(self, found: Any) -> Any:
        return [{"value": value, "count": count} for value, count in found.top]

    @extend_schema_field(BarOut(many=True))
    def get_bars(self, found: Any) -> Any:
        return [{"low": low, "high": high, "count": count} for low, high, count in found.bars]


class SourceIn(StrictSerializer):
    """What shall be said of a source."""

    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(choices=SourceKind.choices)
    description = serializers.CharField(required=False, allow_blank=True)
    freshness_hours = serializers.IntegerField(required=False)
    steward = serializers.CharField(required=False, allow_null=True, help_text="user name")


class SourceOut(serializers.Serializer[Any]):
    """One source and when data last came from it."""

    key = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=SourceKind.choices)
    description = serializers.CharField()
    freshness_hours = serializers.IntegerField()
    steward = serializers.CharField(source="steward.username", default=None, allow_null=True)
    loaded_at = serializers.DateTimeField(allow_null=True, default=None)
    version = serializers.IntegerField()


class CustomerIn(StrictSerializer):
    """Values to merge into one customer; null clears a value."""

    attributes = serializers.DictField(child=serializers.JSONField(allow_null=True))
    source = serializers.CharField(required=False, allow_null=True, help_text="key of the source")  # type: ignore[assignment]


class CustomerOut(serializers.Serializer[Any]):
    """One customer with the values that the caller may see."""

    external_id = serializers.CharField()
    ordinal = serializers.IntegerField()
    attributes = serializers.DictField(child=serializers.JSONField())
    changed_at = serializers.DateTimeField()


class CustomerEventOut(serializers.Serializer[Any]):
    """One event of a customer, as far as the caller may see it."""

    message_id = serializers.CharField()
    type = serializers.ChoiceField(choices=EventType.choices)
    name = serializers.CharField(help_text="empty for calls that have none")
    at = serializers.DateTimeField(help_text="when it happened")
    received_at = serializers.DateTimeField()
    source = serializers.CharField(source="source_key")  # type: ignore[assignment]
    content = serializers.DictField(child=serializers.JSONField(), help_text="traits or properties")
    hidden = serializers.IntegerField(source="hidden_count", help_text="traits or properties that are not shown")


class CustomerLineOut(serializers.Serializer[Any]):
    """One customer in a list."""

    external_id = serializers.CharField()
    changed_at = serializers.DateTimeField()


class BulkIn(StrictSerializer):
    """Up to 10,000 customers."""

    customers = serializers.ListField(
        child=serializers.JSONField(), help_text='objects {"external_id": ..., "attributes": {...}}'
    )
    source = serializers.CharField(required=False, allow_null=True, help_text="key of the source")  # type: ignore[assignment]


class ErrorOut(serializers.Serializer[Any]):
    """One reason."""

    code = serializers.CharField()
    detail = serializers.CharField()
    pointer = serializers.CharField(allow_null=True)


class RowOut(serializers.Serializer[Any]):
    """What became of one row."""

    external_id = serializers.CharField()
    status = serializers.ChoiceField(choices=["created", "changed", "unchanged", "refused"])
    errors = ErrorOut(many=True)  # type: ignore[assignment]


class BulkOut(serializers.Serializer[Any]):
    """What became of the rows, in their order."""

    created = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = RowOut(many=True)


class EraseIn(StrictSerializer):
    """Why a customer is erased."""

    reason = serializers.CharField(max_length=300)
