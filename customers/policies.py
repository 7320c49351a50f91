"""Who may see and change what is known about customers."""

from typing import Any

from django.db.models import QuerySet

from accounts.choices import Role
from accounts.policies import has_role, has_role_anywhere
from common.actors import SYSTEM
from common.policies import Policy
from customers.choices import Sensitivity
from customers.models import Attribute, Customer, EventProblem, ImportJob, Source

_EVERY_ROLE = tuple(Role.values)
_SEES_CUSTOMERS = (Role.ADMINISTRATOR, Role.STEWARD, Role.OWNER, Role.REP, Role.AUDITOR)
# Sensitivity -> the roles that see values of that kind. What is not named here nobody sees.
_SEES: dict[str, tuple[str, ...]] = {
    Sensitivity.PUBLIC: _EVERY_ROLE,
    Sensitivity.INTERNAL: _EVERY_ROLE,
    Sensitivity.PERSONAL: (Role.ADMINISTRATOR, Role.STEWARD, Role.REP),
    Sensitivity.SPECIAL: (Role.STEWARD,),
}


def visible_sensitivities(user: Any) -> list[str]:
    """The sensitivities whose attributes `user` may see; the portal itself sees all."""
    if user is SYSTEM:
        return list(_SEES)
    return [sensitivity for sensitivity, roles in _SEES.items() if has_role_anywhere(user, *roles)]


class _DataPolicy(Policy):
    """The portal itself may do everything here: commands and schedules act as it."""

    def reason(self, user: Any, action: str, obj: Any = None) -> str | None:
        """Why `user` may not, or None when they may."""
        return None if user is SYSTEM else super().reason(user, action, obj)


def _keeps_data(user: Any, _obj: Any) -> str | None:
    if has_role(user, Role.STEWARD, Role.ADMINISTRATOR):
        return None
    return "Only a data steward or an administrator can do this."


def _sees_customers(user: Any, _obj: Any) -> str | None:
    if has_role_anywhere(user, *_SEES_CUSTOMERS):
        return None
    return "Customers are open to sales representatives, owners, stewards, auditors and administrators."


def _sees_attribute(user: Any, attribute: Any) -> str | None:
    if attribute is None or attribute.sensitivity in visible_sensitivities(user):
        return None
    return "This attribute is not open to your role; a data steward can say more."


def _has_a_role(user: Any, _obj: Any) -> str | None:
    return None if has_role_anywhere(user, *_EVERY_ROLE) else "You hold no role yet; an administrator grants roles."


class AttributePolicy(_DataPolicy):
    """An attribute, its definition and its values are open by sensitivity; stewards and administrators define."""

    table = {"view": _sees_attribute, "define": _keeps_data}

    def hidden(self, user: Any) -> QuerySet[Attribute]:
        """Attributes that `user` may not see."""
        return Attribute.objects.exclude(sensitivity__in=visible_sensitivities(user))

    def visible(self, user: Any) -> QuerySet[Attribute]:
        """The attributes that `user` may see."""
        return Attribute.objects.filter(sensitivity__in=visible_sensitivities(user))


class SourcePolicy(_DataPolicy):
    """Whoever holds a role sees the sources; stewards and administrators define them."""

    table = {"view": _has_a_role, "define": _keeps_data}

    def visible(self, user: Any) -> QuerySet[Source]:
        """The sources that `user` may see."""
        return Source.objects.all() if self.can(user, "view") else Source.objects.none()


class CustomerPolicy(_DataPolicy):
    """Who works with customers sees them; stewards and administrators change and erase."""

    table = {"view": _sees_customers, "change": _keeps_data, "erase": _keeps_data}

    def visible(self, user: Any) -> QuerySet[Customer]:
        """The customers that `user` may see: never the erased ones."""
        return Customer.objects.filter(is_erased=False) if self.can(user, "view") else Customer.objects.none()


class EventProblemPolicy(_DataPolicy):
    """Who works with customers sees what did not fit in events; stewards and administrators settle it."""

    table = {"view": _sees_customers, "settle": _keeps_data}

    def visible(self, user: Any) -> QuerySet[EventProblem]:
        """The problems that `user` may see: none of attributes that are hidden from them."""
        if not self.can(user, "view"):
            return EventProblem.objects.none()
        return EventProblem.objects.exclude(key__in=AttributePolicy().hidden(user).values("key"))


class ImportPolicy(_DataPolicy):
    """Stewards and administrators import, and see imports: files and quarantine hold every value."""

    table = {"view": _keeps_data, "run": _keeps_data}

    def visible(self, user: Any) -> QuerySet[ImportJob]:
        """The imports that `user` may see."""
        return ImportJob.objects.all() if self.can(user, "view") else ImportJob.objects.none()
