"""Who may read the ledger."""

from typing import Any

from django.db.models import QuerySet

from common.policies import Policy
from common.providers import providers
from ledger.models import Entry

# What everybody who is signed in may follow.
PUBLIC_OBJECTS = (
    "segment", "request", "playbook", "brief", "objective", "board", "term", "metric", "guideline", "equivalence",
)  # fmt: skip


def _reads_all(user: Any) -> bool:
    return any(provider(user) for provider in providers("LEDGER_READERS"))


def _read_all(user: Any, _obj: Any) -> str | None:
    return None if _reads_all(user) else "The whole ledger is open to auditors, stewards, administrators and boards."


def _retry(user: Any, _obj: Any) -> str | None:
    return (
        None
        if any(provider(user) for provider in providers("OPERATORS"))
        else "A steward or administrator can retry it."
    )


class EntryPolicy(Policy):
    """Auditors, stewards, administrators and board members read all; others the story of public objects."""

    table = {"read_all": _read_all, "retry": _retry}

    def visible(self, user: Any) -> QuerySet[Entry]:
        """The entries that `user` may see."""
        if not getattr(user, "is_active", False):
            return Entry.objects.none()
        if _reads_all(user):
            return Entry.objects.all()
        rows = Entry.objects.filter(object_type__in=PUBLIC_OBJECTS)
        for provider in providers("LEDGER_PRIVATE"):
            rows = rows.exclude(provider(user))
        return rows
