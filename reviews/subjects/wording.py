"""What the subjects share in reading content and putting its differences into words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from common.errors import DomainError, Invalid
from reviews.choices import CheckStatus
from reviews.content import plain
from reviews.subjects.base import Check, Content, Difference

NOTHING = "nothing"


def object_only(proposed: Any) -> Content:
    """The proposal itself when it is a JSON object."""
    if not isinstance(proposed, Mapping):
        raise Invalid("A proposal is an object with fields.", code="wrong_type", pointer="/proposed")
    return dict(proposed)


def refuse_unknown(proposed: Mapping[str, Any], known: Sequence[str]) -> None:
    """Refuse fields that the subject does not have, naming each."""
    unknown = [name for name in proposed if name not in known]
    if unknown:
        raise Invalid(
            f"There is no field {unknown[0]} here. Known: {', '.join(known)}.",
            errors=[
                {
                    "code": "unknown_field",
                    "detail": f"There is no field {name} here. Known: {', '.join(known)}.",
                    "pointer": f"/proposed/{name}",
                }
                for name in unknown
            ],
        )


def below_proposed(error: DomainError) -> DomainError:
    """The same refusal with its pointers below /proposed, where the client wrote the content."""
    error.errors = [
        item
        if str(item.get("pointer") or "").startswith(("/proposed", "/key"))
        else {**item, "pointer": "/proposed" + str(item.get("pointer") or "")}
        for item in error.errors
    ]
    return error


def warnings_as_checks(name: str, warnings: Iterable[Any], good: str) -> list[Check]:
    """One check per warning, or one that passed saying `good`."""
    found = [
        Check(name, CheckStatus.WARN, str(item["detail"] if isinstance(item, Mapping) else item)) for item in warnings
    ]
    return found or [Check(name, CheckStatus.PASS, good)]


def field_difference(field: str, label: str, old: Any, new: Any, form: str = "words") -> list[Difference]:
    """The difference of one field, none when both sides are the same."""
    if old == new:
        return []
    before, after = plain(old), plain(new)
    if before == after:
        return []
    kind = "added" if not before else "removed" if not after else "changed"
    return [Difference(field, label, kind, before, after, form)]


def differences(labels: Mapping[str, str], old: Content | None, new: Content, form: str = "words") -> list[Difference]:
    """The differences of all labelled fields in their order."""
    before = old or {}
    found: list[Difference] = []
    for field, label in labels.items():
        found += field_difference(field, label, before.get(field), new.get(field), form)
    return found


def refuse_nothing_changed(old: Content | None, new: Content) -> None:
    """Refuse a change that changes nothing."""
    if old is not None and old == new:
        raise Invalid(
            "Nothing differs from the live version. Change something, or close this page.",
            code="nothing_changed",
            pointer="/proposed",
        )
