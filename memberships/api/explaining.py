"""The form in which client programs get an explanation."""

from typing import Any

from rest_framework import serializers

from memberships.choices import Cause
from memberships.selectors import Clause, ShownTurn


class FactOut(serializers.Serializer[Any]):
    """One value that a clause read."""

    attribute = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.JSONField(allow_null=True)
    unit = serializers.CharField(allow_blank=True)
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    freshness = serializers.DateTimeField(
        allow_null=True, help_text="when what `freshness_of` names last brought anything; not when this value came"
    )
    freshness_of = serializers.CharField(
        allow_blank=True, help_text="source: its last delivery; customer: the last change of any value"
    )
    stale = serializers.BooleanField(source="is_stale", help_text="whether the source is overdue")
    computed = serializers.CharField(allow_blank=True, help_text="how the value is computed; empty: it is collected")
    hidden = serializers.BooleanField(source="is_hidden")


class LeafOut(serializers.Serializer[Any]):
    """One clause with its answer; `value`, `unit`, `source` and `freshness` where it reads one attribute."""

    kind = serializers.CharField()
    clause = serializers.CharField(source="text")
    words = serializers.CharField()
    result = serializers.BooleanField(allow_null=True)
    hidden = serializers.BooleanField(source="is_hidden")
    decides = serializers.BooleanField()
    segment = serializers.CharField(allow_blank=True, help_text="the segment that an IN_SEGMENT asks about")
    value = serializers.SerializerMethodField(method_name="read_value")
    unit = serializers.SerializerMethodField()
    source = serializers.SerializerMethodField()  # type: ignore[assignment]
    freshness = serializers.SerializerMethodField()
    values = FactOut(many=True, source="facts")

    def read_value(self, clause: Clause) -> Any:
        return clause.facts[0].value if len(clause.facts) == 1 else None

    def get_unit(self, clause: Clause) -> str:
        return clause.facts[0].unit if len(clause.facts) == 1 else ""

    def get_source(self, clause: Clause) -> str:
        return clause.facts[0].source if len(clause.facts) == 1 else ""

    def get_freshness(self, clause: Clause) -> str | None:
        fact = FactOut(clause.facts[0]).data if len(clause.facts) == 1 else {"freshness": None}
        found: str | None = fact["freshness"]
        return found


class OriginOut(serializers.Serializer[Any]):
    """The segment whose own rule a clause stands in."""

    key = serializers.CharField()
    name = serializers.CharField()


class ClauseOut(LeafOut):
    """A clause with those that it is made of, to any depth."""

    origin = OriginOut(allow_null=True)
    children = serializers.SerializerMethodField()

    def get_children(self, clause: Clause) -> list[dict[str, Any]]:
        return [dict(ClauseOut(child).data) for child in clause.children]


class StepOut(serializers.Serializer[Any]):
    """One value that would have to be other; `to` is the nearest that turns the answer."""

    attribute = serializers.CharField(allow_blank=True)
    segment = serializers.CharField(allow_blank=True)
    label = serializers.CharField()  # type: ignore[assignment]
    to = serializers.JSONField(source="after", allow_null=True)
    unit = serializers.CharField(allow_blank=True)
    distance = serializers.FloatField(allow_null=True, help_text="in the unit; in days for dates and timestamps")
    words = serializers.CharField()
    example = serializers.BooleanField(source="is_example", help_text="whether other values would do as well")
    clause = serializers.CharField(source="clause.text")

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of the language and cannot be declared like the others."""
        return {**super().get_fields(), "from": serializers.JSONField(source="before", allow_null=True)}


class TurnOut(serializers.Serializer[Any]):
    """The fewest and smallest changes that turn the answer; not `certain` where values hidden from you decide too."""

    count = serializers.SerializerMethodField()
    words = serializers.CharField(allow_blank=True)
    certain = serializers.BooleanField(source="is_certain")
    changes = StepOut(many=True, source="steps")
    clauses = serializers.SerializerMethodField()

    def get_count(self, turn: ShownTurn) -> int:
        return len(turn.steps)

    def get_clauses(self, turn: ShownTurn) -> list[dict[str, Any]]:
        distinct = {step.clause.text: step.clause for step in turn.steps}
        return [dict(LeafOut(clause).data) for clause in distinct.values()]


class MoveOut(serializers.Serializer[Any]):
    """One time that the customer entered or left, and why."""

    at = serializers.DateTimeField(source="move.at")
    change = serializers.SerializerMethodField()
    cause = serializers.ChoiceField(choices=Cause.choices, source="move.cause")
    why = serializers.CharField()
    run = serializers.IntegerField(source="move.run_id")
    version = serializers.IntegerField(source="move.version_number")
    previous_version = serializers.IntegerField(source="move.previous_version_number", allow_null=True)

    def get_change(self, told: Any) -> str:
        return "entered" if told.move.entered else "left"


class ExplanationOut(serializers.Serializer[Any]):
    """Why a customer is in a segment or not."""

    customer = serializers.CharField(source="external_id")
    segment = serializers.CharField(source="segment_key")
    version = serializers.IntegerField(source="version_number")
    run = serializers.IntegerField(source="run_id", allow_null=True)
    as_of = serializers.DateTimeField()
    computed = serializers.BooleanField(source="is_computed")
    member = serializers.BooleanField(allow_null=True)
    result = serializers.BooleanField(allow_null=True)
    will_move = serializers.BooleanField()
    since = serializers.DateTimeField(allow_null=True)
    sentence = serializers.CharField()
    clauses = ClauseOut()
    decisive = LeafOut(many=True)
    decisive_facts = serializers.ListField(
        child=serializers.CharField(),
        source="deciding_facts",
        allow_null=True,
        help_text="keys of the attributes and segments that decide; null where you may not see what decides",
    )
    nearest_miss = TurnOut(allow_null=True, help_text="for who is not in: what would bring them in")
    nearest_exit = TurnOut(allow_null=True, help_text="for who is in: what would take them out")
    history = MoveOut(many=True, source="told")
