"""People for the tests."""

from types import SimpleNamespace
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.choices import Role
from accounts.models import RoleGrant, User
from accounts.services import create_user
from common.actors import SYSTEM

PASSWORD = "a long enough password"

# name -> (display name, function, roles)
PEOPLE: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
    "administrator": ("Ada Admin", "operations", [(Role.ADMINISTRATOR, "")]),
    "steward": ("Stella Steward", "operations", [(Role.STEWARD, "")]),
    "owner": ("Olive Owner", "marketing", [(Role.OWNER, "")]),
    "marketing_member": ("Mark Marsh", "marketing", [(Role.VIEWER, "")]),
    "sales_member": ("Sal Sands", "sales", [(Role.VIEWER, "")]),
    "finance_member": ("Fin Fields", "finance", [(Role.VIEWER, "")]),
    "rep": ("Rita Rep", "sales", [(Role.REP, "")]),
    "learner": ("Nell Newcomer", "sales", [(Role.LEARNER, "")]),
    "viewer": ("Vic Viewer", "product", [(Role.VIEWER, "")]),
    "auditor": ("Audrey Auditor", "finance", [(Role.AUDITOR, "")]),
    "stranger": ("Stan Stranger", "", []),
    "deactivated": ("Dee Parted", "sales", [(Role.STEWARD, "")]),
}


def make_person(username: str, **given: Any) -> User:
    """One person with the shared password."""
    return create_user(actor=SYSTEM, username=username, password=PASSWORD, **given)


def make_cast() -> SimpleNamespace:
    """Everybody, by name. Written at once: the services that make people have tests of their own."""
    password = make_password(PASSWORD)
    made = User.objects.bulk_create(
        User(
            username=name,
            display_name=display_name,
            function=function,
            password=password,
            is_active=name != "deactivated",
        )
        for name, (display_name, function, _) in PEOPLE.items()
    )
    people = {user.username: user for user in made}
    RoleGrant.objects.bulk_create(
        RoleGrant(user=people[name], role=role, branch=branch)
        for name, (_, _, roles) in PEOPLE.items()
        for role, branch in roles
    )
    return SimpleNamespace(**people)
