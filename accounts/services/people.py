"""Creates people, grants and takes roles, deactivates."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction

from accounts.choices import Function, Role
from accounts.errors import UsernameTaken
from accounts.events import PersonCreated, PersonDeactivated, PersonReactivated, RoleGranted, RoleRevoked
from accounts.models import RoleGrant, Token, User
from accounts.policies import PersonPolicy, has_role
from accounts.selectors import has_administrator, user_by_id
from common.actors import SYSTEM, Actor
from common.clock import now
from common.errors import Conflict, Invalid
from common.keys import check_key
from common.texts import clean_text
from ledger.services import announce


def _checked_role(role: str) -> str:
    if role not in Role.values:
        raise Invalid(f"There is no role “{role}”. Known: {', '.join(Role.values)}.", pointer="/role")
    return role


def _require(actor: Actor, action: str, person: User | None = None) -> None:
    if actor is not SYSTEM:
        PersonPolicy().require(actor, action, person)


@transaction.atomic
def create_user(
    *,
    actor: Actor,
    username: str,
    display_name: str = "",
    email: str = "",
    password: str | None = None,
    function: str = "",
    team: str = "",
    roles: Sequence[tuple[str, str]] = (),
) -> User:
    """Afterwards the person can sign in (when a password is given) and holds `roles` as (role, branch) pairs.

    Refuses: UsernameTaken, Invalid (name, e-mail, weak password, unknown function or role), NotAllowed.
    Announces: PersonCreated, RoleGranted for each.
    """
    _require(actor, "create")
    username = clean_text(username, pointer="/username", max_length=150)
    if function and function not in Function.values:
        raise Invalid(f"There is no function “{function}”. Known: {', '.join(Function.values)}.", pointer="/function")
    if User.objects.filter(username__iexact=username).exists():
        raise UsernameTaken(f"The user name “{username}” is taken.", pointer="/username")
    user = User(
        username=username,
        email=email,
        display_name=clean_text(display_name, pointer="/display_name", max_length=120, required=False) or username,
        function=function,
        team=clean_text(team, pointer="/team", max_length=80, required=False),
    )
    _check(user, password)
    user.set_password(password) if password else user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise UsernameTaken(f"The user name “{username}” is taken.", pointer="/username") from error
    announce(PersonCreated(username=username), actor=actor)
    for role, branch in roles:
        grant_role(actor=actor, user_id=user.pk, role=role, branch=branch)
    return user


def _check(user: User, password: str | None) -> None:
    checks: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("/username", lambda: UnicodeUsernameValidator()(user.username)),
        ("/email", lambda: validate_email(user.email) if user.email else None),
        ("/password", lambda: validate_password(password, user) if password else None),
    )
    for pointer, check in checks:
        try:
            check()
        except ValidationError as error:
            raise Invalid(" ".join(error.messages), pointer=pointer) from error


def _hold_administration() -> None:
    """Until the commit nobody else becomes the first administrator or takes the last one away."""
    with connection.cursor() as cursor:
        # Its own number: 7310571 to 7310573 are the ledger's chain and the locks of customers.
        cursor.execute("SELECT pg_advisory_xact_lock(7310574)")


def _refuse_nobody_left() -> None:
    # Without an administrator the first-run page would open to whoever finds it.
    if not has_administrator():
        raise Conflict("This is the last administrator. Make somebody else administrator first.")


@transaction.atomic
def create_first_administrator(*, username: str, display_name: str, password: str) -> User:
    """Afterwards an administrator exists. Refuses: Conflict when somebody administers the portal already."""
    _hold_administration()
    if has_administrator():
        raise Conflict("The first administrator exists already. Sign in, or ask them for an account.")
    return create_user(
        actor=SYSTEM,
        username=username,
        display_name=display_name,
        password=password,
        roles=[(Role.ADMINISTRATOR, ""), (Role.STEWARD, "")],
    )


@transaction.atomic
def grant_role(*, actor: Actor, user_id: int, role: str, branch: str = "") -> RoleGrant:
    """Afterwards the person holds the role over the branch; granting twice changes nothing.

    Refuses: Invalid, NoSuchPerson, NotAllowed. Announces: RoleGranted when it is new.
    """
    _require(actor, "grant")
    user = user_by_id(user_id)
    branch = check_key(branch, "/branch") if branch else ""
    grant, is_new = RoleGrant.objects.get_or_create(user=user, role=_checked_role(role), branch=branch)
    if is_new:
        words = branch or "everything"
        announce(RoleGranted(username=user.username, role=role, branch=branch, branch_words=words), actor=actor)
    return grant


@transaction.atomic
def revoke_role(*, actor: Actor, user_id: int, role: str, branch: str = "") -> None:
    """Afterwards the person no longer holds the role over the branch.

    Refuses: Conflict when the last administrator would go, NotAllowed. Announces: RoleRevoked.
    """
    _require(actor, "grant")
    _hold_administration()
    user = user_by_id(user_id)
    grant = RoleGrant.objects.select_for_update().filter(user=user, role=role, branch=branch).first()
    if grant is None:
        return
    grant.delete()
    if role == Role.ADMINISTRATOR and not branch:
        _refuse_nobody_left()
    words = branch or "everything"
    announce(RoleRevoked(username=user.username, role=role, branch=branch, branch_words=words), actor=actor)


@transaction.atomic
def deactivate_user(*, actor: Actor, user_id: int) -> User:
    """Afterwards the person can do nothing: sessions end with the next request, every token is revoked.

    Refuses: NotAllowed (also for oneself), NoSuchPerson, Conflict for the last administrator.
    Announces: PersonDeactivated.
    """
    _hold_administration()
    user = User.objects.select_for_update(no_key=True).get(pk=user_by_id(user_id).pk)
    _require(actor, "deactivate", user)
    if user.is_active:
        administers = has_role(user, Role.ADMINISTRATOR)
        user.is_active = False
        user.save(update_fields=["is_active"])
        if administers:
            _refuse_nobody_left()
        Token.objects.filter(user=user, revoked_at=None).update(revoked_at=now())
        announce(PersonDeactivated(username=user.username), actor=actor)
    return user


@transaction.atomic
def reactivate_user(*, actor: Actor, user_id: int) -> User:
    """Afterwards the person can sign in again; revoked tokens stay revoked. Announces: PersonReactivated."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_by_id(user_id).pk)
    _require(actor, "deactivate", user)
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        announce(PersonReactivated(username=user.username), actor=actor)
    return user
