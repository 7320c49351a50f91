"""What other values of a threshold would do, for client programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import RULE_QUESTIONS, DomainView, StrictSerializer
from common.errors import Invalid
from memberships import selectors
from memberships.api.serializers import RuleIn
from memberships.measures.ladders import evenly
from taxonomy.policies import segments
from taxonomy.rules import Rule
from taxonomy.rules.thresholds import OPERATORS, Candidate, Place, Value, value_as_json, value_from
from taxonomy.selectors import rule_reading_for

MOST = 100


class RangeIn(StrictSerializer):
    """The ends of a range, both included."""

    low = serializers.JSONField()
    high = serializers.JSONField()


class WhatIfIn(RuleIn):
    """A rule, and the value in it that is to be tried: the n-th time that the attribute is compared so."""

    attribute = serializers.CharField(max_length=63)
    operator = serializers.ChoiceField(choices=OPERATORS, help_text="from and to are the ends of a BETWEEN")
    occurrence = serializers.IntegerField(min_value=1, max_value=1000, required=False, default=1)
    values = serializers.ListField(child=serializers.JSONField(), required=False, min_length=1, max_length=MOST)
    range = RangeIn(required=False)
    measure = serializers.CharField(
        max_length=63,
        required=False,
        help_text="a number attribute of the value dimension; the usual one when left out",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "values" in attrs and "range" in attrs:
            raise serializers.ValidationError("Give either values or a range.", code="one_of")
        return super().validate(attrs)


class PointOut(serializers.Serializer[Any]):
    """The segment at one value. Small counts may be words; what may not be told is null."""

    value = serializers.SerializerMethodField(method_name="written_value")
    words = serializers.CharField()
    members = serializers.JSONField(help_text="a number, or “fewer than 5”")
    change = serializers.IntegerField(allow_null=True, help_text="against the present value")
    measured = serializers.JSONField(source="known", allow_null=True, help_text="members that have the measure")
    sum = serializers.FloatField(source="total", allow_null=True)
    mean = serializers.FloatField(allow_null=True)
    present = serializers.BooleanField(source="is_present")

    def written_value(self, point: selectors.ShownPoint) -> int | float | str:
        return value_as_json(point.value)


class WhatIfOut(serializers.Serializer[Any]):
    """The points in rising order; `exact` is false where figures are rounded, for who may not see customers."""

    attribute = serializers.CharField(source="threshold.candidate.place.attribute")
    operator = serializers.CharField(source="threshold.candidate.place.operator")
    occurrence = serializers.IntegerField(source="threshold.candidate.place.occurrence")
    kind = serializers.CharField(source="threshold.candidate.kind")
    measure = serializers.CharField(allow_null=True)
    measures = serializers.DictField(child=serializers.CharField(), help_text="key and label of those to choose from")
    unit = serializers.CharField(allow_blank=True)
    population = serializers.IntegerField()
    build = serializers.IntegerField()
    as_of = serializers.DateTimeField()
    exact = serializers.BooleanField()
    points = PointOut(many=True)


class WhatIfView(DomainView):
    """Counts a rule on the newest build for many values of one of its thresholds; stores nothing."""

    required_scope = "read"
    throttle_classes = RULE_QUESTIONS

    @extend_schema(operation_id="rules_what_if", request=WhatIfIn, responses=WhatIfOut)
    def post(self, request: Request) -> Response:
        """Size and value at each value; without values or a range, at those where customers are."""
        segments.require(request.user, "view")
        asked = WhatIfIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        rule = rule_reading_for(request.user, given.get("text", given.get("rule")), given.get("parent")).rule
        place = Place(given["attribute"], given["operator"], given["occurrence"])
        found = selectors.what_if_for(
            request.user,
            rule,
            place,
            parent_key=given.get("parent"),
            values=_values(rule, place, given),
            measure=given.get("measure"),
        )
        return Response(WhatIfOut(found).data)


def _values(rule: Rule, place: Place, given: dict[str, Any]) -> list[Value] | None:
    candidate = selectors.threshold_at(rule, place).candidate
    if "values" in given:
        return [_value(candidate, value, f"/values/{position}") for position, value in enumerate(given["values"])]
    if "range" not in given:
        return None
    low, high = (_value(candidate, given["range"][end], f"/range/{end}") for end in ("low", "high"))
    if low >= high:  # type: ignore[operator]
        raise Invalid("A range goes from a lower to a higher value.", pointer="/range")
    return evenly(candidate.kind, low, high, candidate.value)


def _value(candidate: Candidate, given: Any, pointer: str) -> Value:
    try:
        return value_from(candidate.kind, given)
    except ValueError as wrong:
        raise Invalid(str(wrong), pointer=pointer) from wrong
