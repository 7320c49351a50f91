"""How the taxonomy looks to a client program."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api import StrictSerializer
from taxonomy.choices import MeasureKind, ObjectiveKind, SegmentStatus, Tier, VersionState
from taxonomy.rules.thresholds import OPERATORS
from taxonomy.selectors import agreement_of


class RuleInput(StrictSerializer):
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


class WarningOut(serializers.Serializer[Any]):
    """A remark that stops nothing."""

    code = serializers.CharField()
    detail = serializers.CharField()
    pointer = serializers.CharField()


class ComplexityOut(serializers.Serializer[Any]):
    """How much there is to understand in a rule."""

    clauses = serializers.IntegerField()
    depth = serializers.IntegerField()
    attributes = serializers.IntegerField()


class RuleReadingOut(serializers.Serializer[Any]):
    """What the portal understood of a rule."""

    rule = serializers.JSONField(source="tree")
    text = serializers.CharField()
    words = serializers.CharField()
    attributes = serializers.ListField(child=serializers.CharField())
    segments = serializers.ListField(child=serializers.CharField())
    complexity = ComplexityOut()
    warnings = WarningOut(many=True)


class OwnersOut(serializers.Serializer[Any]):
    """Who answers for what: user names."""

    data = serializers.CharField(source="data_owner.username")  # type: ignore[assignment]
    definition = serializers.CharField(source="definition_owner.username")
    outcome = serializers.CharField(source="outcome_owner.username")


class AxiomsOut(serializers.Serializer[Any]):
    """What a parent demands of its children."""

    exclusive = serializers.BooleanField(help_text="no customer is in two of them")
    covering = serializers.BooleanField(help_text="every customer of the parent is in one of them")


class ThresholdOut(serializers.Serializer[Any]):
    """A value of the rule with a name: the n-th time that the attribute is compared so."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    attribute = serializers.CharField()
    operator = serializers.ChoiceField(choices=OPERATORS, help_text="from and to are the ends of a BETWEEN")
    occurrence = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=["number", "date", "timestamp", "days"])
    value = serializers.JSONField(help_text="what the rule says there: a number, days back, a date or an instant")


class _MeaningOut(serializers.Serializer[Any]):
    """What a version says."""

    tier = serializers.ChoiceField(choices=Tier.choices)
    name = serializers.CharField()
    meaning = serializers.CharField()
    rule = serializers.JSONField(help_text="the own rule as a tree")
    text = serializers.CharField(source="rule_text")
    words = serializers.CharField()
    attributes = serializers.ListField(child=serializers.CharField(), source="attribute_keys")
    segments = serializers.ListField(child=serializers.CharField(), source="segment_keys")
    objective = serializers.CharField(source="objective.key", allow_null=True)
    axioms = AxiomsOut(help_text="what the children must be to each other and to this segment")
    thresholds = ThresholdOut(many=True, help_text="the values in the rule that have a name")
    owners = OwnersOut(source="*")
    rationale = serializers.CharField()
    expected = serializers.CharField(source="expected_outcome")
    digest = serializers.CharField()
    enacted_at = serializers.DateTimeField()


class SegmentOut(_MeaningOut):
    """A segment with its version in force, or with its last one when it is retired."""

    key = serializers.CharField(source="segment.key")
    status = serializers.ChoiceField(choices=SegmentStatus.choices, source="segment.status")
    parent = serializers.CharField(source="segment.parent.key", allow_null=True)  # type: ignore[assignment]
    version = serializers.IntegerField(source="number")
    successor = serializers.CharField(source="segment.successor.key", allow_null=True)


class EffectiveRuleOut(serializers.Serializer[Any]):
    """The rule that decides membership: the parents' rules and the own one."""

    rule = serializers.JSONField(source="tree")
    text = serializers.CharField()
    words = serializers.CharField()


class SegmentDetailOut(SegmentOut):
    """A segment with its place in the tree and its effective rule."""

    path = serializers.ListField(child=serializers.CharField(), help_text="keys from the root to this segment")
    children = serializers.ListField(child=serializers.CharField())
    goes_on_in = serializers.ListField(
        child=serializers.CharField(), help_text="keys of the segments in which a retired one goes on"
    )
    effective = EffectiveRuleOut()


class VersionOut(_MeaningOut):
    """One version of a segment."""

    version = serializers.IntegerField(source="number")
    state = serializers.ChoiceField(choices=VersionState.choices)
    parent = serializers.CharField(source="parent.key", allow_null=True)  # type: ignore[assignment]
    ended_at = serializers.DateTimeField(allow_null=True)
    created_by = serializers.CharField(source="created_by.username", allow_null=True)
    request = serializers.SerializerMethodField(help_text="the request that brought it into force")

    def get_request(self, version: Any) -> str | None:
        """The reference of the request, from the enactments that were read along."""
        brought = [each.request_ref for each in version.enactments.all() if each.kind != "retire"]
        return brought[0] if brought else None


class TreeNodeOut(serializers.Serializer[Any]):
    """One segment in its place; rows come parent first."""

    key = serializers.CharField()
    name = serializers.CharField()
    tier = serializers.ChoiceField(choices=Tier.choices)
    status = serializers.ChoiceField(choices=SegmentStatus.choices)
    parent = serializers.CharField(source="parent_key", allow_null=True)  # type: ignore[assignment]
    depth = serializers.IntegerField()
    version = serializers.IntegerField(source="version_number")


class TreeOut(serializers.Serializer[Any]):
    """The whole taxonomy, depth first."""

    results = TreeNodeOut(many=True)


class MeasureOut(StrictSerializer):
    """How the actual of an objective is measured over the members of the segments that serve it."""

    kind = serializers.ChoiceField(choices=MeasureKind.choices)
    attribute = serializers.CharField(required=False, help_text="for a mean or a sum: key of a number attribute")
    segment = serializers.CharField(required=False, help_text="key, where it is always the same segment")


class ObjectiveIn(StrictSerializer):
    """An objective as it shall stand; the service checks the values."""

    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=ObjectiveKind.choices)
    metric = serializers.CharField()
    unit = serializers.CharField(required=False, allow_blank=True, default="")
    baseline = serializers.FloatField(required=False, allow_null=True, default=None)
    basis = serializers.CharField(required=False, allow_blank=True, default="", help_text="how the baseline was found")
    target = serializers.FloatField()
    target_on = serializers.DateField()
    owner = serializers.CharField(help_text="user name")
    signers = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="functions that must sign; finance always does"
    )
    measure = MeasureOut(required=False, allow_null=True, help_text="empty: the owner enters the actual by hand")
    rationale = serializers.CharField(
        required=False, allow_blank=True, help_text="why, for the board, where one decides about objectives"
    )


class SignatureOut(serializers.Serializer[Any]):
    """Who has agreed to the present version for a function."""

    function = serializers.CharField()
    person = serializers.CharField(source="person.username")
    signed_at = serializers.DateTimeField()


class ObjectiveOut(serializers.Serializer[Any]):
    """An objective."""

    key = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=ObjectiveKind.choices)
    metric = serializers.CharField()
    unit = serializers.CharField()
    baseline = serializers.FloatField(allow_null=True)
    basis = serializers.CharField()
    target = serializers.FloatField()
    target_on = serializers.DateField()
    owner = serializers.CharField(source="owner.username")
    version = serializers.IntegerField()
    changed_at = serializers.DateTimeField()
    segments = serializers.IntegerField(source="segment_count", help_text="segments in use that serve it")
    signers = serializers.ListField(child=serializers.CharField())
    measure = MeasureOut(allow_null=True)
    agreed = serializers.SerializerMethodField(help_text="whether every signer has signed the present version")
    unsigned = serializers.SerializerMethodField(help_text="functions that have not signed it")
    signatures = serializers.SerializerMethodField(help_text="who has signed it, by function")
    retired_at = serializers.DateTimeField(allow_null=True)
    successor = serializers.CharField(source="successor.key", allow_null=True, default=None)

    def get_agreed(self, objective: Any) -> bool:
        return agreement_of(objective).is_agreed

    def get_unsigned(self, objective: Any) -> list[str]:
        return list(agreement_of(objective).missing)

    @extend_schema_field(SignatureOut(many=True))
    def get_signatures(self, objective: Any) -> Any:
        return SignatureOut(agreement_of(objective).given, many=True).data
