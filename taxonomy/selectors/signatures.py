"""Reading who has agreed to an objective; what lacks a signature is not agreed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from accounts.choices import Function
from taxonomy.models import Objective, Signature
from taxonomy.selectors.governance import functions_of


@dataclass(frozen=True)
class Agreement:
    """Who has agreed to the present version of an objective: function -> signature, in the order of the functions."""

    required: tuple[str, ...]
    signed: Mapping[str, Signature] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[str, ...]:
        """The functions whose signature is wanted."""
        return tuple(function for function in self.required if function not in self.signed)

    @property
    def is_agreed(self) -> bool:
        """Whether every function has signed; one that is missing makes it not agreed."""
        return not self.missing

    @property
    def lacking(self) -> str:
        """Whose signature is wanted, in words; nothing once it is agreed."""
        if self.is_agreed:
            return ""
        names = [Function(each).label.lower() for each in self.missing]
        wanted = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        return f"{wanted} {'has' if len(names) == 1 else 'have'} not signed"

    @property
    def words(self) -> str:
        """The state in a sentence."""
        return "Agreed" if self.is_agreed else f"Not agreed: {self.lacking}"

    @property
    def given(self) -> list[Signature]:
        """The signatures that count, in the order of the functions."""
        return [self.signed[each] for each in self.required if each in self.signed]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """A line per required function: its name and its signature, if any."""
        return [
            {"function": each, "label": Function(each).label, "signature": self.signed.get(each)}
            for each in self.required
        ]


def standing_signatures() -> QuerySet[Signature]:
    """The signatures that were not withdrawn, with who gave them; for reading them with their objectives."""
    return Signature.objects.filter(withdrawn_at__isnull=True).select_related("person")


def agreements(objectives: Iterable[Objective]) -> dict[int, Agreement]:
    """Row number -> agreement of each objective; one query, none where the signatures were read with them."""
    rows = list(objectives)
    unread = [row for row in rows if "signatures" not in getattr(row, "_prefetched_objects_cache", {})]
    if unread:
        prefetch_related_objects(unread, Prefetch("signatures", queryset=standing_signatures()))
    return {row.pk: _agreement(row) for row in rows}


def agreement_of(objective: Objective) -> Agreement:
    """Who has agreed to the objective."""
    return agreements([objective])[objective.pk]


def _agreement(row: Objective) -> Agreement:
    standing = [each for each in row.signatures.all() if each.objective_version == row.version]
    return Agreement(tuple(row.signers), {each.function: each for each in standing})


def past_signatures(objective: Objective) -> list[Signature]:
    """Signatures that no longer count: withdrawn, or of an earlier version; newest first."""
    rows = Signature.objects.filter(objective=objective).select_related("person").order_by("-signed_at", "-pk")
    return [row for row in rows if row.withdrawn_at is not None or row.objective_version != objective.version]


def signable(user: Any, objective: Objective, agreement: Agreement) -> list[str]:
    """The functions for which the person may sign the present version now."""
    if objective.retired_at is not None or any(each.person_id == user.pk for each in agreement.signed.values()):
        return []
    held = functions_of(user)
    return [function for function in agreement.missing if function in held]


def awaiting(user: Any) -> list[Objective]:
    """The objectives in use that want a signature which this person can give, by name."""
    held = functions_of(user)
    if not held:
        return []
    rows = list(Objective.objects.filter(retired_at__isnull=True).order_by("name", "key"))
    known = agreements(rows)
    return [row for row in rows if signable(user, row, known[row.pk])]
