"""What a freeze is about, as the apps above know it: its name, its page, who answers for it, who has to hear of it."""

from dataclasses import dataclass

from django.urls import reverse

from accounts.choices import Role
from accounts.selectors import holders_of
from common.providers import providers
from safeguards.choices import Scope
from safeguards.errors import NoSuchFreeze


@dataclass(frozen=True)
class Target:
    """A thing that can be frozen. `owners` answer for it; `path` holds the keys from the root of the taxonomy down to a
    segment, so that a role over a branch counts."""

    scope: str
    key: str
    title: str
    url: str
    owners: frozenset[int] = frozenset()
    path: tuple[str, ...] = ()


def target_of(scope: str, key: str = "") -> Target:
    """What scope and key mean. Raises `NoSuchFreeze` where there is no such thing."""
    if scope == Scope.ACTIVATION and not key:
        return Target(scope, "", "All activation", reverse("safeguards:freezes"))
    if key and "\x00" not in key:
        for provider in providers("FREEZE_TARGETS"):
            found: Target | None = provider(scope, key)
            if found is not None:
                return found
    raise NoSuchFreeze(f"There is nothing of the kind “{scope[:20]}” with the key “{key[:63]}” that could be frozen.")


def watchers_of(target: Target) -> set[int]:
    """Everybody who has to hear of a freeze: its owners, the seats of the boards that decide about it, all auditors,
    and for sources and activation the stewards."""
    found = set(target.owners)
    for provider in providers("FREEZE_WATCHERS"):
        found |= provider(target.scope, target.path)
    roles = (Role.AUDITOR,) if target.scope == Scope.SEGMENT else (Role.AUDITOR, Role.STEWARD, Role.ADMINISTRATOR)
    found.update(holders_of(*roles).values_list("pk", flat=True))
    return found
