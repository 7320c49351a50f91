"""What is frozen now, and what was."""

from typing import Any

from django.db.models import OuterRef, QuerySet

from safeguards.choices import Scope
from safeguards.errors import NoSuchFreeze
from safeguards.models import Freeze
from safeguards.policies import FreezePolicy


def _in_force() -> QuerySet[Freeze]:
    return Freeze.objects.filter(lifted_at=None).select_related("by", "lifted_by")


def freeze_of(scope: str, key: str = "") -> Freeze | None:
    """The freeze in force of this segment, this source, or all activation."""
    return _in_force().filter(scope=scope, key=key).first()


def frozen_keys(scope: str) -> set[str]:
    """The keys of the segments or sources that are frozen; `{""}` while all activation is."""
    return set(Freeze.objects.filter(scope=scope, lifted_at=None).order_by().values_list("key", flat=True))


def frozen_here(scope: str, key: OuterRef) -> QuerySet[Freeze]:
    """The freeze in force of the thing whose key the outer query has: for `Exists` and `Subquery`, so that a list
    needs no query more."""
    return Freeze.objects.filter(scope=scope, key=key, lifted_at=None).order_by()


def frozen_words(freeze: Freeze) -> str:
    """One sentence that says so, with its reason."""
    since = f"{freeze.at:%-d %B %Y, %H:%M} UTC"
    until = f" until {freeze.until:%-d %B %Y, %H:%M} UTC at the latest" if freeze.until else ""
    what = {Scope.SEGMENT: "This segment", Scope.SOURCE: "This source", Scope.ACTIVATION: "All activation"}
    return f"{what[Scope(freeze.scope)]} is frozen since {since}{until}, by {freeze.by}: {freeze.reason}"


def freezes_for(*, viewer: Any, state: str = "") -> QuerySet[Freeze]:
    """The freezes that the viewer may see, newest first: `in_force`, `lifted` or all."""
    rows = FreezePolicy().visible(viewer).select_related("by", "lifted_by")
    if state == "in_force":
        return rows.filter(lifted_at=None)
    return rows.exclude(lifted_at=None) if state == "lifted" else rows


def freeze_for(*, viewer: Any, freeze_id: int) -> Freeze:
    """One freeze. Raises `NoSuchFreeze`."""
    found = freezes_for(viewer=viewer).filter(pk=freeze_id).first()
    if found is None:
        raise NoSuchFreeze(f"There is no freeze {freeze_id}, or it is not open to you.")
    return found
