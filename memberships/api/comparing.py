"""Two rules compared for a client program: the proof, the clauses, and the customers of today."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import RULE_QUESTIONS, DomainView, StrictSerializer
from memberships import selectors
from taxonomy import policies
from taxonomy.selectors import ChangeClass, rules_to_compare

_NAMES = {"only_a": "only_old", "both": "both", "only_b": "only_new"}
_STATES = {"proved": "impossible", "refuted": "possible", "undecided": "undecided"}
_PROOFS = ("proved", "refuted", "undecided")
_RELATIONS = ("equal", "narrower", "wider", "disjoint", "overlapping")


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "object", "additionalProperties": True}]})
class RuleField(serializers.JSONField):
    """A rule as text, or as a tree."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str | dict):
            raise serializers.ValidationError("A rule is a text or a tree (an object).", code="wrong_type")
        return data


class CompareIn(StrictSerializer):
    """Two rules, each as text or as tree, both below the parent if one is named."""

    a = RuleField()
    b = RuleField()
    parent = serializers.CharField(  # type: ignore[assignment]
        required=False, allow_null=True, help_text="key of the segment that both stand below"
    )


class MadeUpOut(serializers.Serializer[Any]):
    """A made-up customer for whom the rules really answer so."""

    attributes = serializers.DictField(help_text="what the rules read; null where there is no value")
    withheld = serializers.IntegerField(help_text="how many further values the caller may not see")
    as_of = serializers.DateField(source="today", allow_null=True, help_text="CURRENT_DATE, where a rule reads it")
    segments = serializers.DictField(child=serializers.BooleanField(), help_text="answers of IN_SEGMENT left open")
    words = serializers.CharField()


class WitnessesOut(serializers.Serializer[Any]):
    """One for each region; null where nobody can be, and while that is undecided."""

    only_a = MadeUpOut(allow_null=True)
    only_b = MadeUpOut(allow_null=True)
    both = MadeUpOut(allow_null=True)


class RegionStatesOut(serializers.Serializer[Any]):
    """Whether a customer can be in each region."""

    only_a = serializers.CharField(help_text="possible, impossible or undecided")
    only_b = serializers.CharField(help_text="possible, impossible or undecided")
    both = serializers.CharField(help_text="possible, impossible or undecided")


class ClauseChangeOut(serializers.Serializer[Any]):
    """What became of one clause from a to b."""

    kind = serializers.ChoiceField(choices=["added", "dropped", "boundary", "threshold", "values", "joined", "changed"])
    sentence = serializers.CharField()
    old = serializers.CharField(allow_blank=True)
    new = serializers.CharField(allow_blank=True)


class RegionCountsOut(serializers.Serializer[Any]):
    """Real customers on the newest build; `exact` is false where counts are rounded. They prove nothing."""

    only_a = serializers.JSONField(help_text="a number, or “fewer than 5”")
    only_b = serializers.JSONField(help_text="a number, or “fewer than 5”")
    both = serializers.JSONField(help_text="a number, or “fewer than 5”")
    total = serializers.IntegerField()
    build = serializers.IntegerField()
    as_of = serializers.DateTimeField()
    exact = serializers.BooleanField()


class ValueOut(serializers.Serializer[Any]):
    """One value of a real customer, in words."""

    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.CharField(source="words")


class ExampleOut(serializers.Serializer[Any]):
    """A real customer with the values that the rules read."""

    customer = serializers.CharField(source="external_id")
    values = ValueOut(many=True)
    withheld = serializers.IntegerField(help_text="how many further values the caller may not see")


class ExamplesOut(serializers.Serializer[Any]):
    """One for each region; null where nobody is, and for those who may not see customers."""

    only_a = ExampleOut(allow_null=True)
    only_b = ExampleOut(allow_null=True)
    both = ExampleOut(allow_null=True)


class ComparisonOut(serializers.Serializer[Any]):
    """How a stands to b over all possible customers, and how sure that is."""

    relation = serializers.ChoiceField(choices=_RELATIONS, help_text="of a to b: narrower means that a is inside b")
    proof = serializers.ChoiceField(choices=_PROOFS, help_text="of the relation")
    witnesses = WitnessesOut()
    difference = serializers.CharField()
    change = serializers.ChoiceField(choices=[each.value for each in ChangeClass], help_text="from a to b")
    reason = serializers.CharField(allow_blank=True, help_text="why it is undecided")
    regions = RegionStatesOut()
    clauses = ClauseChangeOut(many=True)
    counts = RegionCountsOut(allow_null=True, help_text="null while nothing can be counted")
    examples = ExamplesOut()


class CompareView(DomainView):
    """Compares two rules; stores nothing."""

    required_scope = "read"
    throttle_classes = RULE_QUESTIONS

    @extend_schema(operation_id="rules_compare", request=CompareIn, responses=ComparisonOut)
    def post(self, request: Request) -> Response:
        """The relation of two rules with its proof; 400 with the position of each fault, below /a or /b."""
        policies.segments.require(request.user, "view")
        asked = CompareIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        a, b = rules_to_compare(request.user, given["a"], given["b"], given.get("parent"))
        return Response(ComparisonOut(comparison_shape(selectors.meaning_for(request.user, a, b))).data)


def comparison_shape(found: selectors.Meaning) -> dict[str, Any]:
    """A meaning in the words of the contract, where the old rule is a and the new one b."""
    comparison, seen = found.comparison, found.regions
    regions = {name: comparison.regions[region] for name, region in _NAMES.items()}
    counts = {name: found.counts.get(region) for name, region in _NAMES.items()}
    return {
        "relation": comparison.relation,
        "proof": "proved" if comparison.is_proved else "undecided",
        "witnesses": {name: region.made_up for name, region in regions.items()},
        "difference": comparison.sentence_of_a_and_b,
        "change": comparison.change.value,
        "reason": comparison.reason,
        "regions": {name: _STATES[region.verdict] for name, region in regions.items()},
        "clauses": comparison.changes,
        "counts": {**counts, "total": seen.total, "build": seen.build, "as_of": seen.as_of, "exact": seen.exact}
        if seen.counts
        else None,
        "examples": {name: seen.examples.get(region) for name, region in _NAMES.items()},
    }
