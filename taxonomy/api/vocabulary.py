"""The words that a rule of the caller can be made of, for editors that complete what is being typed."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import DomainView
from taxonomy import policies, selectors
from taxonomy.rules.types import ATTRIBUTE_TYPES


class RuleAttributeOut(serializers.Serializer[Any]):
    """An attribute that the caller's rules may read."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    type = serializers.ChoiceField(choices=sorted(ATTRIBUTE_TYPES))
    unit = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField())
    description = serializers.CharField()


class RuleSegmentOut(serializers.Serializer[Any]):
    """A segment that IN_SEGMENT can name."""

    key = serializers.CharField()
    name = serializers.CharField()


class VocabularyOut(serializers.Serializer[Any]):
    """Attributes by key and segments in the order of the tree."""

    attributes = RuleAttributeOut(many=True)
    segments = RuleSegmentOut(many=True)


class VocabularyView(DomainView):
    """What rules can be made of."""

    @extend_schema(operation_id="rules_vocabulary", responses=VocabularyOut)
    def get(self, request: Request) -> Response:
        """The attributes that the caller may see and the segments in use; at once, as an editor needs them all."""
        policies.segments.require(request.user, "view")
        attributes = [
            {
                "key": key,
                "label": facts.label,
                "type": facts.type,
                "unit": facts.unit,
                "choices": list(facts.choices or ()),
                "description": facts.description,
            }
            for key, facts in sorted(selectors.rule_catalogue_for(request.user).items())
        ]
        segments = [{"key": row.key, "name": row.name} for row in selectors.tree_for(request.user)]
        return Response({"attributes": attributes, "segments": segments})
