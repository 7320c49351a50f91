"""Who may request runs and who may see which customers are members."""

from typing import Any, ClassVar

from accounts.choices import Role
from accounts.policies import has_role
from common.policies import Policy, Predicate
from customers.policies import CustomerPolicy
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
    }


class MembershipPolicy(Policy):
    """Members: the size of a segment is for everybody, who they are for those who may see customers."""

    table: ClassVar[dict[str, Predicate]] = {"view_size": _everybody, "view_members": _may_see_members}
