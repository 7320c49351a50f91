"""Refusals about people and their keys."""

from common.errors import Invalid, NotFound


class NoSuchPerson(NotFound):
    """No active person has that name."""

    code = "no_such_person"


class UsernameTaken(Invalid):
    """Somebody has that name, in whatever case."""

    code = "username_taken"
