"""Sentences and small lists that the pages of consent share."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from accounts.choices import Function
from reviews.choices import SubjectType, Verdict
from reviews.quorum import Policy

_HELP = {
    Verdict.APPROVE: "It may take effect as it stands.",
    Verdict.REQUEST_CHANGES: "Back to the author; say what to change.",
    Verdict.REJECT: "It ends here; say why.",
    Verdict.ABSTAIN: "You were here and take no side.",
}


def policy_sentences(policy: Policy) -> list[str]:
    """What a board asks for, in sentences."""
    parts = [
        f"{number} of {Function(name).label.lower()}"
        for name, number in policy.required.items()
        if name in Function.values
    ]
    among = f", among them {' and '.join(parts)}" if parts else ""
    approvals = f"{policy.quorum} approval{'s' if policy.quorum > 1 else ''}"
    reject = (
        "One rejection ends a request."
        if policy.reject_on == "any"
        else "A rejected request ends when the approvals can no longer be reached."
    )
    return [f"Asks for {approvals}{among}.", reject, "Nobody votes on what they wrote or edited."]


def subjects_in_words(types: Iterable[str]) -> str:
    """What a board decides about, by the names that people know, in the order of the choices."""
    known = set(types)
    return ", ".join(label.lower() for value, label in SubjectType.choices if value in known)


def verdict_options(function: str) -> list[dict[str, str]]:
    """The verdicts as the vote box shows them: the deed and what follows."""
    role = Function(function).label.lower() if function in Function.values else ""
    return [
        {
            "value": verdict.value,
            "label": f"Approve as {role}" if verdict == Verdict.APPROVE and role else verdict.label,
            "help": _HELP[verdict],
        }
        for verdict in Verdict
    ]


def tabs_of(base: str, items: list[tuple[str, str, int | None]], current: str) -> list[dict[str, Any]]:
    """Tabs that are links with `?tab=`: (key, label, count)."""
    return [
        {"label": label, "href": f"{base}?tab={key}", "count": count, "is_current": key == current}
        for key, label, count in items
    ]


def filter_chips(query: QueryDict, labels: dict[str, str]) -> list[dict[str, str]]:
    """What narrows the list now, each with the address without it."""
    given = {name: value for name, value in query.items() if isinstance(value, str) and value and name in labels}
    return [
        {
            "label": f"{labels[name]}: {value.replace('_', ' ')}",
            "remove_href": "?"
            + urlencode({other: kept for other, kept in given.items() if other != name} or {"state": ""}),
        }
        for name, value in given.items()
    ]


def list_url(**query: str) -> str:
    """The address of the list, narrowed."""
    return f"{reverse('reviews:list')}?{urlencode(query)}"
