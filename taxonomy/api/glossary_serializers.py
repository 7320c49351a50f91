"""How the glossary looks to a client program."""

from typing import Any

from rest_framework import serializers

from taxonomy.choices import DefinitionType, SegmentStatus, VersionState
from taxonomy.content import NEEDS_REASON
from taxonomy.selectors.conflicts import Conflict
from taxonomy.selectors.mapping import Coverage, FieldRow, SourceMapping
from taxonomy.selectors.word_uses import url_of


class SynonymOut(serializers.Serializer[Any]):
    """Another way to say it, and who says it so."""

    word = serializers.CharField()
    team = serializers.CharField(allow_blank=True)


class DefinitionContentOut(serializers.Serializer[Any]):
    """What a term or metric says; a term has examples, a metric unit, window, grain, formula and sources."""

    name = serializers.CharField()
    definition = serializers.CharField()
    owner = serializers.CharField(allow_null=True)
    function = serializers.CharField(allow_blank=True)
    synonyms = SynonymOut(many=True)
    abbreviations = serializers.ListField(child=serializers.CharField())
    avoid = serializers.ListField(child=serializers.CharField(), help_text="say the name instead of these")
    related = serializers.ListField(child=serializers.CharField(), help_text="keys")
    examples = serializers.ListField(child=serializers.CharField(), required=False)
    unit = serializers.CharField(required=False)
    window = serializers.CharField(required=False)
    grain = serializers.CharField(required=False)
    formula = serializers.CharField(required=False)
    sources = serializers.ListField(child=serializers.CharField(), required=False)  # type: ignore[assignment]

    def to_representation(self, instance: Any) -> Any:
        """The content as it is stored: only the fields that its type has."""
        return dict(instance)


class DefinitionVersionOut(serializers.Serializer[Any]):
    """What a word said from one day to another."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=VersionState.choices)
    content = DefinitionContentOut()
    rationale = serializers.CharField()
    request = serializers.CharField(source="request_ref", help_text="the request that brought it into force")
    digest = serializers.CharField()
    enacted_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class DefinitionOut(serializers.Serializer[Any]):
    """A term or metric with what it means now, or meant last."""

    key = serializers.CharField(source="definition.key")
    type = serializers.ChoiceField(source="definition.type", choices=DefinitionType.choices)
    status = serializers.ChoiceField(source="definition.status", choices=SegmentStatus.choices)
    successor = serializers.CharField(source="definition.successor.key", allow_null=True, default=None)
    version = serializers.IntegerField(source="number")
    content = DefinitionContentOut()
    enacted_at = serializers.DateTimeField()
    url = serializers.SerializerMethodField(help_text="its page")

    def get_url(self, row: Any) -> str:
        """The page of the word."""
        return url_of(row.definition.type, row.definition.key)


class QuestionOut(serializers.Serializer[Any]):
    """A question that proposals answer with yes or no."""

    key = serializers.CharField()
    text = serializers.CharField()
    needs_reason_when = serializers.ChoiceField(choices=list(NEEDS_REASON))


class GuidelineOut(serializers.Serializer[Any]):
    """The ethics guideline in force."""

    key = serializers.CharField()
    version = serializers.IntegerField()
    name = serializers.CharField()
    text = serializers.CharField()
    questions = QuestionOut(many=True)


class SideOut(serializers.Serializer[Any]):
    """One word of two that are joined."""

    type = serializers.CharField(source="word.type")
    key = serializers.CharField(source="word.key")
    function = serializers.CharField()
    signed_by = serializers.CharField(source="signed_by.username", allow_null=True, default=None)
    signed_at = serializers.DateTimeField(allow_null=True)


class EquivalenceOut(serializers.Serializer[Any]):
    """What joins the words of two functions."""

    id = serializers.IntegerField(source="row.pk")
    version = serializers.IntegerField(source="row.version")
    kind = serializers.ChoiceField(source="row.kind", choices=["equal", "hand_off"])
    rule = serializers.CharField(source="row.rule")
    state = serializers.ChoiceField(choices=["offered", "agreed", "ended"])
    left = SideOut()
    right = SideOut()


class FieldOut(serializers.Serializer[Any]):
    """One field of a source."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    attribute = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(choices=["open", "mapped", "not_needed"])
    term = serializers.CharField(allow_null=True)


class SourceCoverageOut(serializers.Serializer[Any]):
    """One source."""

    key = serializers.CharField()
    said = serializers.IntegerField()
    total = serializers.IntegerField()
    percent = serializers.FloatField(allow_null=True)
    fields = FieldOut(many=True)  # type: ignore[assignment]


class CoverageOut(serializers.Serializer[Any]):
    """All sources."""

    said = serializers.IntegerField()
    total = serializers.IntegerField()
    percent = serializers.FloatField(allow_null=True)
    sources = SourceCoverageOut(many=True)


class ConflictOut(serializers.Serializer[Any]):
    """Two words that compete."""

    left = serializers.CharField(help_text="type:key")
    right = serializers.CharField(help_text="type:key")
    reason = serializers.CharField()
    shared = serializers.FloatField(help_text="share of words that the definitions have in common, 0 to 1")
    proposal = serializers.ChoiceField(choices=["merge", "join"])


def conflict_shape(found: Conflict) -> dict[str, Any]:
    """The pair as it is answered."""
    more = {"reason": found.reason, "shared": round(found.shared, 3), "proposal": found.proposal}
    return {"left": found.left.id, "right": found.right.id, **more}


def coverage_shape(sources: list[SourceMapping], whole: Coverage) -> dict[str, Any]:
    """Coverage of the whole and of each source, with its fields."""
    parts = [
        {"key": each.key, **_coverage(each.coverage), "fields": [_field(row) for row in each.rows]} for each in sources
    ]
    return {**_coverage(whole), "sources": parts}


def _coverage(found: Coverage) -> dict[str, Any]:
    return {"said": found.said, "total": found.total, "percent": found.percent}


def _field(row: FieldRow) -> dict[str, Any]:
    state = "open" if row.mapping is None else "not_needed" if row.mapping.is_not_needed else "mapped"
    field = row.field
    return {
        "name": field.name,
        "label": field.label,
        "attribute": field.attribute_key or None,
        "state": state,
        "term": row.word.key if row.word else None,
    }
