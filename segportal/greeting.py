"""What the home page says first, by role."""

from dataclasses import dataclass
from typing import Any

from accounts.choices import Role
from accounts.policies import has_role_anywhere


@dataclass(frozen=True)
class Greeting:
    """The sentence under the name, and whether the page opens on search."""

    name: str
    sentence: str
    opens_on_search: bool


def greeting_for(user: Any) -> Greeting:
    """A rep starts from a customer, a newcomer from the next step, everybody else from what waits."""
    name = (user.display_name or user.username).split()[0]
    if has_role_anywhere(user, Role.REP):
        return Greeting(name, "Look a customer up before you call.", True)
    if has_role_anywhere(user, Role.LEARNER):
        return Greeting(name, "Your next step is below. You can stop at any time; your place is kept.", False)
    return Greeting(name, "What waits for you, what changed, and what is due.", False)
