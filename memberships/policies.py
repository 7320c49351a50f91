"""Who may request runs and who may see which customers are members."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from accounts.choices import Role
from accounts.policies import has_role
from common.policies import Policy, Predicate
from customers.policies import CustomerPolicy
from memberships.models import CustomerList, Export
from taxonomy.selectors import path_of


def _may_request(user: Any, segment_keys: Any) -> str | None:
    """`segment_keys`: the segments of the run; none means all of them."""
    if has_role(user, Role.ADMINISTRATOR, Role.STEWARD):
        return None
    keys = list(segment_keys or ())
    if keys and all(has_role(user, Role.OWNER, path=path_of(key)) for key in keys):
        return None
    if not keys and has_role(user, Role.OWNER):
        return None
    return "Only a steward, an administrator or the owner of the segment's branch can recompute it."


def _may_repeat(user: Any, segment_keys: Any) -> str | None:
    if has_role(user, Role.AUDITOR) or _may_request(user, segment_keys) is None:
        return None
    return "Only an auditor, a steward, an administrator or the owner of the segment's branch can repeat a run."


def _may_see_members(user: Any, _: Any) -> str | None:
    if CustomerPolicy().can(user, "view"):
        return None
    return "Who the members are is shown to reps, stewards, owners, auditors and administrators."


def _everybody(_user: Any, _: Any) -> str | None:
    return None


class RunPolicy(Policy):
    """Runs: everybody who is signed in sees them; who answers for the segments may start, stop and repeat them."""

    table: ClassVar[dict[str, Predicate]] = {
        "view": _everybody,
        "request": _may_request,
        "cancel": _may_request,
        "retry": _may_request,
        "repeat": _may_repeat,
    }


def _may_discard(user: Any, found: Any) -> str | None:
    if has_role(user, Role.ADMINISTRATOR, Role.STEWARD) or (found is not None and found.made_by_id == user.pk):
        return _may_see_members(user, found)
    return "A list is discarded by who made it, by a steward or by an administrator."


class ListPolicy(Policy):
    """Lists of customers: for those who may see customers; discarded by their maker or who operates the portal."""

    table: ClassVar[dict[str, Predicate]] = {
        "view": _may_see_members,
        "keep": _may_see_members,
        "discard": _may_discard,
    }

    def visible(self, user: Any) -> QuerySet[CustomerList]:
        """The lists that `user` may see."""
        return CustomerList.objects.all() if self.can(user, "view") else CustomerList.objects.none()


def _own_export(user: Any, export: Any) -> str | None:
    if export is not None and export.asked_by_id != user.pk:
        return "A file is for who asked for it; ask for one of your own."
    return _may_see_members(user, export)


class ExportPolicy(Policy):
    """Files of members: for who asked for them, as long as they may see customers."""

    table: ClassVar[dict[str, Predicate]] = {"request": _may_see_members, "view": _own_export, "download": _own_export}

    def visible(self, user: Any) -> QuerySet[Export]:
        """The exports of `user`; administrators see that others exist, and cannot take the files."""
        if has_role(user, Role.ADMINISTRATOR):
            return Export.objects.all()
        return Export.objects.filter(asked_by=user) if getattr(user, "pk", None) else Export.objects.none()


def _may_shadow(user: Any, segment_key: Any) -> str | None:
    """`segment_key`: the segment beside which it runs, or the parent of a new one; none for a new root."""
    if has_role(user, Role.ADMINISTRATOR, Role.STEWARD):
        return None
    if has_role(user, Role.OWNER, path=path_of(segment_key)) if segment_key else has_role(user, Role.OWNER):
        return None
    return "A shadow is started and stopped by the owner of the segment's branch, a steward or an administrator."


class ShadowPolicy(Policy):
    """Shadows: everybody who is signed in sees that they run; who answers for the branch starts and stops them."""

    table: ClassVar[dict[str, Predicate]] = {"view": _everybody, "start": _may_shadow, "stop": _may_shadow}


class MembershipPolicy(Policy):
    """Members: the size of a segment is for everybody, who they are for those who may see customers."""

    table: ClassVar[dict[str, Predicate]] = {"view_size": _everybody, "view_members": _may_see_members}
