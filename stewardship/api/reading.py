"""What the views of upkeep share: who calls, and what was sent."""

from typing import Any, cast

from rest_framework.request import Request

from common.actors import Actor
from common.api import CursorPages, DomainView
from common.errors import Invalid


class Paged(DomainView):
    """A list by cursor, newest first."""

    pagination_class = CursorPages
    cursor_ordering = "-pk"


def actor_of(request: Request) -> Any:
    """Whoever calls."""
    return cast(Actor, request.user)


def read(serializer: type[Any], request: Request) -> dict[str, Any]:
    """The fields that were sent, checked."""
    asked = serializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def chosen(request: Request, name: str, known: list[str]) -> str:
    """The value of a filter; empty where it is left out."""
    given = request.query_params.get(name, "")
    if given and given not in known:
        raise Invalid(f"Choose among {', '.join(known)}.", code="unknown_choice", pointer=f"/{name}")
    return given
