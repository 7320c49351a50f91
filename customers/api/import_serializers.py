"""How imports look to a client program."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api import StrictSerializer
from common.api.parsers import parse_json
from customers.api.serializers import ErrorOut
from customers.choices import FileFormat, ImportState


@extend_schema_field(OpenApiTypes.STR)
class _MappingField(serializers.Field[Any, Any, Any, Any]):
    """JSON as the text of a form field."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            value = parse_json(str(data).encode("utf-8", "surrogatepass"))
        except ValueError as error:
            raise serializers.ValidationError(f"This is not sound JSON: {error}.", code="wrong_type") from error
        if not isinstance(value, dict):
            raise serializers.ValidationError("A mapping is an object of column and target.", code="wrong_type")
        return value

    def to_representation(self, value: Any) -> Any:
        return value


class ImportIn(StrictSerializer):
    """A file to import."""

    file = serializers.FileField(allow_empty_file=True, help_text="CSV, JSON lines or Parquet")
    source = serializers.CharField(required=False, help_text="key of the source; default: file")  # type: ignore[assignment]
    mapping = _MappingField(
        required=False, help_text='JSON {"column": "external_id" or key of an attribute or null}; default: a guess'
    )
    keeps_empty = serializers.BooleanField(required=False, help_text="an empty cell leaves the value as it is")
    dry_run = serializers.BooleanField(required=False, help_text="plan only; start it later")
    correction = serializers.BooleanField(
        required=False, help_text="the file corrects wrong values: told as the cause of what it changes"
    )


class CountsOut(serializers.Serializer[Any]):
    """Customers and rows by what became of them."""

    created = serializers.IntegerField(default=0)
    changed = serializers.IntegerField(default=0)
    unchanged = serializers.IntegerField(default=0)
    refused = serializers.IntegerField(default=0)
    repeated = serializers.IntegerField(default=0, help_text="rows of a customer whom an earlier row named")


class ImportOut(serializers.Serializer[Any]):
    """One import."""

    id = serializers.IntegerField(source="pk")
    state = serializers.ChoiceField(choices=ImportState.choices)
    source = serializers.CharField(source="source.key")  # type: ignore[assignment]
    file_name = serializers.CharField()
    format = serializers.ChoiceField(choices=FileFormat.choices)
    mapping = serializers.DictField(child=serializers.CharField(allow_null=True))
    keeps_empty = serializers.BooleanField()
    correction = serializers.BooleanField(source="is_correction")
    position = serializers.IntegerField(help_text="rows read")
    row_count = serializers.IntegerField(help_text="rows expected; exact once it is done")
    counts = CountsOut()
    error = serializers.CharField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class ImportDetailOut(ImportOut):
    """One import with its plan."""

    plan = serializers.JSONField()


class QuarantineOut(serializers.Serializer[Any]):
    """One refused row."""

    line = serializers.IntegerField()
    external_id = serializers.CharField()
    errors = ErrorOut(many=True)  # type: ignore[assignment]
    raw = serializers.CharField()
