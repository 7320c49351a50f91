"""What an app contributes to the home page."""

import dataclasses
from datetime import datetime


@dataclasses.dataclass(frozen=True)
class HomeItem:
    """One line of a panel: where it leads, what it says, since when, and the deed that one click does (by POST)."""

    title: str
    url: str
    detail: str = ""
    at: datetime | None = None
    badge: str | None = None
    urgent: bool = False
    deed: str = ""
    deed_url: str = ""


@dataclasses.dataclass(frozen=True)
class HomePanel:
    """A group of lines on the home page; lower `order` stands higher; `empty` is shown when there are no items."""

    key: str
    title: str
    order: int
    items: list[HomeItem]
    empty: str
    url: str | None = None
    tone: str | None = None
    total: int | None = None

    @property
    def count(self) -> int:
        """How many there are in all, also those that are not shown."""
        return len(self.items) if self.total is None else self.total
