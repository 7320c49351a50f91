"""People for the tests, made through the services."""

from types import SimpleNamespace
from typing import Any

from accounts.choices import Role
from accounts.models import User
from accounts.services import create_user, deactivate_user
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
    """Everybody, by name."""
    people = {
        name: make_person(name, display_name=display_name, function=function, roles=roles)
        for name, (display_name, function, roles) in PEOPLE.items()
    }
    people["deactivated"] = deactivate_user(actor=SYSTEM, user_id=people["deactivated"].pk)
    return SimpleNamespace(**people)
