"""Entries of the left rail and the count of what waits, for every page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.choices import Role
from accounts.policies import has_role_anywhere
from common.providers import providers
from notifications.selectors import unread_count


@dataclass(frozen=True)
class Entry:
    """One entry: where it leads, its word and icon, whether the page is within it."""

    label: str
    url: str
    icon: str
    is_current: bool
    count: int | None = None


def _sees_customers(user: Any) -> bool:
    roles = (Role.REP, Role.STEWARD, Role.OWNER, Role.ADMINISTRATOR, Role.AUDITOR)
    return has_role_anywhere(user, *roles)


def _operates(user: Any) -> bool:
    return has_role_anywhere(user, Role.STEWARD, Role.ADMINISTRATOR)


def _everybody(_user: Any) -> bool:
    return True


_TAXONOMY = ("/taxonomy/", "/segments/", "/try-a-rule/")
# label, URL name, icon, prefixes of pages within it, who sees it
ENTRIES: tuple[tuple[str, str, str, tuple[str, ...], Callable[[Any], bool]], ...] = (
    ("Home", "home", "house", (), _everybody),
    ("Taxonomy", "taxonomy:tree", "diagram-3", _TAXONOMY, _everybody),
    ("Aims", "aims:priorities", "bullseye", ("/aims/", "/objectives/", "/journeys/"), _everybody),
    ("Requests", "reviews:list", "check2-square", ("/requests/", "/boards/"), _everybody),
    ("Meetings", "meetings:list", "calendar3", ("/meetings/", "/calendar/"), _everybody),
    ("Glossary", "taxonomy:glossary", "book", ("/glossary/",), _everybody),
    ("Customers", "customers:list", "people", ("/customers/",), _sees_customers),
    ("Notices", "activation:notices", "bell", ("/notices/",), _everybody),
    ("Lists", "memberships:lists", "list-check", ("/lists/", "/exports/"), _sees_customers),
    ("Movement", "memberships:transitions", "shuffle", ("/transitions/", "/overlaps/"), _everybody),
    ("Playbooks", "playbooks:list", "journal-text", ("/playbooks/",), _everybody),
    ("Training", "training:home", "mortarboard", ("/training/",), _everybody),
    ("Health", "insights:health", "heart-pulse", ("/insights/", "/misclassifications/"), _everybody),
    ("Stewardship", "stewardship:home", "clipboard-check", ("/stewardship/", "/freezes/"), _everybody),
    ("Data", "customers:attributes", "database", ("/attributes/", "/sources/", "/events/", "/imports/"), _everybody),
    ("Runs", "memberships:runs", "arrow-repeat", ("/runs/",), _everybody),
    ("Ledger", "ledger:ledger", "link-45deg", ("/ledger/",), _everybody),
    ("People", "accounts:people", "person-badge", ("/people/",), _everybody),
    ("Operations", "operations", "activity", ("/operations/",), _operates),
)
# What a phone's bar holds beside "More": the first role that a person holds decides; whoever has none of these roles
# gets the first entries of the rail.
_AT_HAND: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    ((Role.ADMINISTRATOR, Role.STEWARD, Role.OWNER), ("Home", "Taxonomy", "Requests", "Stewardship")),
    ((Role.REP,), ("Home", "Customers", "Playbooks", "Training")),
    ((Role.LEARNER,), ("Home", "Training", "Taxonomy", "Glossary")),
    ((Role.AUDITOR,), ("Home", "Ledger", "Requests", "Stewardship")),
)
_THUMBS = 4


def _at_hand(user: Any, shown: list[Entry]) -> list[Entry]:
    """The few entries that a phone shows without a further tap, in the order of the person's work."""
    wanted = next((labels for roles, labels in _AT_HAND if has_role_anywhere(user, *roles)), ())
    by_label = {entry.label: entry for entry in shown}
    return [by_label[label] for label in wanted if label in by_label] or shown[:_THUMBS]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: `navigation` entries that this viewer can use, those `at_hand` on a phone and the
    `further` ones, `waiting_count` and `unread_count`."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": [], "at_hand": [], "further": [], "waiting_count": 0, "unread_count": 0}
    waiting = sum(provider(user) for provider in providers("WAITING"))
    shown: list[Entry] = []
    for label, name, icon, prefixes, sees in ENTRIES:
        if not sees(user):
            continue
        url = reverse(name)
        current = request.path == url or any(request.path.startswith(prefix) for prefix in prefixes)
        shown.append(Entry(label, url, icon, current, waiting or None if name == "reviews:list" else None))
    at_hand = _at_hand(user, shown)
    return {
        "navigation": shown,
        "at_hand": at_hand,
        "further": [entry for entry in shown if entry not in at_hand],
        "waiting_count": waiting,
        "unread_count": unread_count(user),
    }
