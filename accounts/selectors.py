"""Reading people and tokens."""

from collections.abc import Collection
from typing import Any

from django.db.models import F, QuerySet

from accounts.choices import Role, Scope
from accounts.errors import NoSuchPerson
from accounts.models import RoleGrant, Token, User
from accounts.policies import PersonPolicy, TokenPolicy


def user_by_username(username: str) -> User:
    """The active person of that name (any case)."""
    found = User.objects.filter(username__iexact=username, is_active=True).first()
    if found is None:
        raise NoSuchPerson(f"There is no active person “{username}”.")
    return found


def user_by_id(user_id: int) -> User:
    """The person of that number, active or not."""
    found = User.objects.filter(pk=user_id).first()
    if found is None:
        raise NoSuchPerson("There is no such person.")
    return found


def people() -> QuerySet[User]:
    """Active people by name."""
    return User.objects.filter(is_active=True).order_by("display_name", "username")


def addresses() -> list[str]:
    """The mail addresses of everybody who has or had an account; those of closed ones are among them."""
    return list(User.objects.exclude(email="").values_list("email", flat=True))


def holders_of(*roles: str) -> QuerySet[User]:
    """Active people who hold one of the roles over anything, each once."""
    return people().filter(pk__in=RoleGrant.objects.filter(role__in=roles).values("user_id"))


def people_for(*, viewer: Any, text: str = "") -> QuerySet[User]:
    """Everybody whom the viewer may see, with their grants, narrowed by a text in name or user name."""
    rows = PersonPolicy().visible(viewer).prefetch_related("grants").order_by("-is_active", "display_name", "username")
    if text:
        rows = rows.filter(display_name__icontains=text) | rows.filter(username__icontains=text)
    return rows


def names_of(user_ids: set[int]) -> dict[int, str]:
    """User id -> name for display."""
    return {user.pk: str(user) for user in User.objects.filter(pk__in=user_ids)}


def tokens_for(*, viewer: Any) -> QuerySet[Token]:
    """The viewer's own tokens, newest first."""
    return TokenPolicy().visible(viewer).order_by("-created_at")


def write_keys(source_keys: Collection[str]) -> QuerySet[Token]:
    """Tokens that send data of those sources, in force first, then newest first; "" stands for tokens without one."""
    keys = Token.objects.filter(scopes__contains=[Scope.INGEST], source_key__in=source_keys).select_related("user")
    return keys.order_by(F("revoked_at").desc(nulls_first=True), "-created_at")


def has_administrator() -> bool:
    """Whether anybody can administer the portal yet."""
    return User.objects.filter(is_active=True, grants__role=Role.ADMINISTRATOR, grants__branch="").exists()
