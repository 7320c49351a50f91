"""Answers that the parts of one page share: asked once while the page is made, forgotten with it."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

_page: ContextVar[dict[Hashable, Any] | None] = ContextVar("page", default=None)


@contextmanager
def while_reading(is_reading: bool) -> Iterator[None]:
    """Share answers within the block where it only reads; what writes asks anew each time."""
    token = _page.set({} if is_reading else None)
    try:
        yield
    finally:
        _page.reset(token)


def once_per_page(key: Callable[..., Hashable]) -> Callable[[Callable[Asked, Answer]], Callable[Asked, Answer]]:
    """The function asked once for each `key` while a page is made that only reads; elsewhere asked every time.

    Whoever gets the answer must not change it: others read the same one.
    """

    def sharing(function: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
        @wraps(function)
        def answer(*args: Asked.args, **named: Asked.kwargs) -> Answer:
            known = _page.get()
            if known is None:
                return function(*args, **named)
            asked = (function, key(*args, **named))
            if asked not in known:
                known[asked] = function(*args, **named)
            return cast(Answer, known[asked])

        return answer

    return sharing


def by_person(person: Any) -> Hashable:
    """The key of a question about a person."""
    return (getattr(person, "pk", None), getattr(person, "is_active", False))
