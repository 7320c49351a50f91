"""Serializers that refuse what they do not know."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers


class _Strict:
    """Refuses unknown fields with the code `unknown_field`, naming each."""

    fields: Any

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                known = ", ".join(sorted(self.fields))
                raise serializers.ValidationError(
                    {
                        str(name): serializers.ErrorDetail(f"There is no such field. Known: {known}.", "unknown_field")
                        for name in unknown
                    }
                )
        return super().to_internal_value(data)  # type: ignore[misc]


class StrictSerializer(_Strict, serializers.Serializer[Any]):
    """A plain serializer that refuses unknown fields."""


class StrictModelSerializer(_Strict, serializers.ModelSerializer[Any]):
    """A model serializer that refuses unknown fields; name its fields one by one."""
