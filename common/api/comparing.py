"""The difference between two versions of a thing, for client programs."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import Invalid
from common.looks.differences import FieldDifference

PAIR = [
    OpenApiParameter("old", int, description="number of the earlier version; the last but one where none is given"),
    OpenApiParameter("new", int, description="number of the later version; the newest where none is given"),
]


class FieldDifferenceOut(serializers.Serializer[Any]):
    """One field that differs, as people read it."""

    field = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    old = serializers.CharField(allow_blank=True)
    new = serializers.CharField(allow_blank=True)


class VersionsComparedOut(serializers.Serializer[Any]):
    """Two versions and every field in which they differ."""

    old = serializers.IntegerField()
    new = serializers.IntegerField()
    differences = FieldDifferenceOut(many=True)


def asked_pair(request: Request, numbers: Sequence[int]) -> tuple[int, int]:
    """The versions that the address names, of those that exist (newest first). Raises `Invalid`."""
    usual = {"old": numbers[min(1, len(numbers) - 1)], "new": numbers[0]}
    return _asked(request, "old", numbers, usual), _asked(request, "new", numbers, usual)


def _asked(request: Request, name: str, numbers: Sequence[int], usual: dict[str, int]) -> int:
    text = request.query_params.get(name, "")
    if not text:
        return usual[name]
    found = next((number for number in numbers if str(number) == text), None)
    if found is None:
        detail = f"There is no version {text[:20]}. There are {numbers[-1]} to {numbers[0]}."
        raise Invalid(detail, code="unknown_version", pointer=f"/{name}")
    return found


def compared(old: int, new: int, differences: Sequence[FieldDifference]) -> Response:
    """The answer: only what differs."""
    changed = [each for each in differences if each.is_changed]
    return Response(VersionsComparedOut({"old": old, "new": new, "differences": changed}).data)
