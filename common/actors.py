"""Who acts: a person, or the portal itself."""

from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Actor(Protocol):
    """Whoever a deed is recorded for: a person (`accounts.User`) or `SYSTEM`, the portal acting by itself."""

    @property
    def pk(self) -> Any: ...

    @property
    def display_name(self) -> str: ...

    def get_username(self) -> str: ...


class SystemActor:
    """The portal itself, named `system` in the ledger."""

    pk: None = None
    display_name = "Segportal"
    is_active = True

    def get_username(self) -> str:
        return "system"

    def __str__(self) -> str:
        return self.display_name


SYSTEM = SystemActor()
