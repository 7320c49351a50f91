"""Reading what joins the words of two functions: who has signed, who can, what is still wanted."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.choices import Function, Role
from accounts.policies import has_role
from accounts.selectors import holders_of, people
from common.panels import HomeItem
from common.providers import providers
from taxonomy import policies
from taxonomy.errors import EquivalenceUnknown
from taxonomy.models import Equivalence
from taxonomy.selectors.glossary import Word, glossary
from taxonomy.selectors.governance import functions_of
from taxonomy.selectors.word_uses import url_of


@dataclass(frozen=True)
class Side:
    """One side: the word and its page, the function that speaks for it, its signature, and why the viewer cannot give
    it (None where they can)."""

    name: str
    word: Word
    url: str
    function: str
    function_label: str
    signed_by: Any
    signed_at: Any
    why_not: str | None


@dataclass(frozen=True)
class Joined:
    """An equivalence with its two sides."""

    row: Equivalence
    left: Side
    right: Side

    @property
    def is_agreed(self) -> bool:
        """Whether both functions have signed the text as it stands."""
        return self.left.signed_by is not None and self.right.signed_by is not None

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both sides, left first."""
        return self.left, self.right

    @property
    def state(self) -> str:
        """Offered until both have signed, agreed from then on, ended at last."""
        return "ended" if self.row.ended_at else "agreed" if self.is_agreed else "offered"

    @property
    def sentence(self) -> str:
        """How the two stand to each other."""
        return "means the same as" if self.row.kind == "equal" else "becomes"


def equivalences_for(*, viewer: Any, ended: bool = False) -> list[Joined]:
    """What joins words now (or what has ended), unsigned ones first, for whoever reads the glossary."""
    if not policies.definitions.can(viewer, "view"):
        return []
    words = glossary().words
    rows = _rows().filter(ended_at__isnull=not ended).order_by("-offered_at", "-pk")
    return sorted((_joined(row, words, viewer) for row in rows), key=lambda each: each.is_agreed)


def equivalence_for(*, viewer: Any, equivalence_id: int) -> Joined:
    """One of them, ended ones too; raises `EquivalenceUnknown`."""
    row = _rows().filter(pk=equivalence_id).first() if policies.definitions.can(viewer, "view") else None
    if row is None:
        raise EquivalenceUnknown("There is no such equivalence.")
    return _joined(row, glossary().words, viewer)


def equivalences_of(*, viewer: Any, definition_id: int) -> list[Joined]:
    """What joins this word with others now."""
    rows = _rows().filter(Q(left=definition_id) | Q(right=definition_id), ended_at__isnull=True)
    words = glossary().words
    return [_joined(row, words, viewer) for row in rows.order_by("pk")]


def refusal_to_sign(user: Any, found: Equivalence, function: str) -> str | None:
    """Why the person cannot sign for the function; None where they can."""
    label = Function(function).label
    if not policies.definitions.can(user, "view") or function not in functions_of(user):
        return f"You do not speak for {label}. Somebody of that function, or who holds its seat in a board, can sign."
    if user.pk in (found.left_signed_by_id, found.right_signed_by_id):
        return f"You signed for the other function. A second person signs for {label}."
    return None


def refusal_to_change(user: Any, functions: Iterable[str]) -> str | None:
    """Why the person can neither offer, rewrite nor end what joins words of these functions; None where they can."""
    if has_role(user, Role.ADMINISTRATOR, Role.STEWARD):
        return None
    if policies.definitions.can(user, "view") and functions_of(user) & set(functions):
        return None
    return "Only somebody who speaks for one of the two functions, a steward or an administrator can do this."


def speakers_for(function: str) -> set[int]:
    """Who is asked to sign for a function: its people who answer for something, and those who hold its seats."""
    answering = holders_of(Role.OWNER, Role.STEWARD, Role.ADMINISTRATOR).filter(function=function)
    held = {person for ask in providers("SEATED_FOR") for person in ask(function)}
    found = set(answering.values_list("pk", flat=True)) | held
    return found or set(people().filter(function=function).values_list("pk", flat=True)[:20])


def waiting_items(user: Any) -> list[HomeItem]:
    """The equivalences that wait for this person's signature, oldest first."""
    rows = (
        _rows().filter(ended_at__isnull=True).filter(Q(left_signed_by__isnull=True) | Q(right_signed_by__isnull=True))
    )
    open_rows = list(rows.order_by("offered_at", "pk"))
    if not open_rows or not policies.definitions.can(user, "view"):
        return []
    mine = functions_of(user)
    return [
        HomeItem(
            f"Sign what joins {row.left.key} and {row.right.key}", equivalence_url(row), row.rule[:160], row.offered_at
        )
        for row in open_rows
        if user.pk not in (row.left_signed_by_id, row.right_signed_by_id)
        and (
            (row.left_signed_by_id is None and row.left_function in mine)
            or (row.right_signed_by_id is None and row.right_function in mine)
        )
    ]


def equivalence_url(found: Equivalence) -> str:
    """The page of an equivalence."""
    return reverse("taxonomy:equivalence", args=[found.pk])


def _rows() -> QuerySet[Equivalence]:
    return Equivalence.objects.select_related("left", "right", "left_signed_by", "right_signed_by", "offered_by")


def _joined(row: Equivalence, words: Any, viewer: Any) -> Joined:
    return Joined(row, _side(row, "left", words, viewer), _side(row, "right", words, viewer))


def _side(row: Equivalence, name: str, words: Any, viewer: Any) -> Side:
    definition, function = getattr(row, name), getattr(row, f"{name}_function")
    return Side(
        name=name,
        word=words[f"{definition.type}:{definition.key}"],
        url=url_of(definition.type, definition.key),
        function=function,
        function_label=Function(function).label,
        signed_by=getattr(row, f"{name}_signed_by"),
        signed_at=getattr(row, f"{name}_signed_at"),
        why_not=refusal_to_sign(viewer, row, function),
    )
