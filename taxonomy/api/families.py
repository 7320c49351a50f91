"""Families and duplicates for client programs: what is proved about the taxonomy in force."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import DomainView
from taxonomy.api.serializers import AxiomsOut
from taxonomy.choices import ProofVerdict
from taxonomy.errors import SegmentUnknown
from taxonomy.selectors.duplicates import duplicates_for
from taxonomy.selectors.families import NOTHING_DEMANDED, family_for
from taxonomy.selectors.outcomes import WAITING

VERDICTS = [*ProofVerdict.choices, (WAITING, "Not proved yet")]
COUNT = {
    "oneOf": [{"type": "integer"}, {"type": "string"}],
    "nullable": True,
    "description": "a number; words where it is too small for the caller; null where it is not known",
}


class _CountField(serializers.Field[Any, Any, Any, Any]):
    """A count as far as the caller may know it."""

    def to_representation(self, value: Any) -> Any:
        return value


CountField = extend_schema_field(COUNT)(_CountField)


class WitnessOut(serializers.Serializer[Any]):
    """A made-up customer that refutes."""

    words = serializers.CharField()
    attributes = serializers.JSONField(help_text="the values that the caller may see")
    withheld = serializers.IntegerField(help_text="how many values the caller may not see")
    today = serializers.DateField(allow_null=True)


class OutcomeOut(serializers.Serializer[Any]):
    """What came of one question. Only `proved` is a pass."""

    verdict = serializers.ChoiceField(choices=VERDICTS, source="state")
    reason = serializers.CharField(help_text="why it is undecided or not proved yet")
    witness = WitnessOut(allow_null=True)
    by_customers = serializers.BooleanField(help_text="refuted by real customers")
    proved_at = serializers.DateTimeField(allow_null=True)


class FamilyPairOut(serializers.Serializer[Any]):
    """Two children: whether no possible customer is in both."""

    first = serializers.CharField(source="first.segment.key")
    second = serializers.CharField(source="second.segment.key")
    outcome = OutcomeOut()
    both = CountField(allow_null=True)


class SeenOut(serializers.Serializer[Any]):
    """Where the real customers were counted."""

    run = serializers.IntegerField(source="run_id")
    build = serializers.IntegerField(source="build_number")
    as_of = serializers.DateTimeField()


class FamilyOut(serializers.Serializer[Any]):
    """A segment with those directly below it, what it demands of them, and what is proved."""

    segment = serializers.CharField(source="key")
    axioms = AxiomsOut(source="parent.axioms")
    state = serializers.ChoiceField(
        choices=[*VERDICTS, (NOTHING_DEMANDED, "Nothing demanded")], help_text="of all that is demanded"
    )
    children = serializers.SerializerMethodField()
    covering = OutcomeOut(help_text="whether every possible member is in a child")
    outside = CountField(source="gap", allow_null=True)
    pairs = FamilyPairOut(many=True)
    seen = SeenOut(allow_null=True)

    def get_children(self, family: Any) -> list[str]:
        """The keys of the children."""
        return [child.segment.key for child in family.children]


class LikenessCountsOut(serializers.Serializer[Any]):
    """How many members two segments have in common."""

    both = serializers.IntegerField()
    only_first = serializers.IntegerField()
    only_second = serializers.IntegerField()


class LikenessOut(serializers.Serializer[Any]):
    """Two segments side by side."""

    first = serializers.CharField(source="first.segment.key")
    second = serializers.CharField(source="second.segment.key")
    reason = serializers.CharField(help_text="why it is undecided")
    counts = LikenessCountsOut(allow_null=True, help_text="null: not counted, or too small for the caller")


class DuplicatesOut(serializers.Serializer[Any]):
    """Segments that mean the same, or nearly so."""

    equal = LikenessOut(many=True, help_text="proved to mean the same")
    undecided = LikenessOut(many=True, help_text="may mean the same, nobody knows")
    near = LikenessOut(many=True, help_text="at least 95 % of their members in common")
    is_answered = serializers.BooleanField(help_text="whether the newest proofs rest on the rules and facts of now")


class FamilyView(DomainView):
    """The family below one segment."""

    @extend_schema(operation_id="segments_family", responses=FamilyOut)
    def get(self, request: Request, key: str) -> Response:
        """What the segment demands of its children, and what is proved, refuted and undecided about it."""
        found = family_for(viewer=request.user, key=key)
        if found is None:
            raise SegmentUnknown(f"{key} is out of use and has no family any more.")
        return Response(FamilyOut(found).data)


class DuplicatesView(DomainView):
    """Duplicates anywhere in the tree."""

    @extend_schema(operation_id="taxonomy_duplicates", responses=DuplicatesOut)
    def get(self, request: Request) -> Response:
        """Pairs of segments that are proved to mean the same, may do so, or have nearly the same members."""
        return Response(DuplicatesOut(duplicates_for(request.user)).data)
