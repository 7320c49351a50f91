"""Refusals that have to do with freezes."""

from common.errors import Conflict, Invalid, NotFound


class NoSuchFreeze(NotFound):
    """No freeze of that number, or nothing of that kind and key that could be frozen."""

    code = "no_such_freeze"


class FrozenAlready(Conflict):
    """It is frozen; a second freeze would be lifted with nobody noticing that the first still stands."""

    code = "frozen_already"


class LiftedAlready(Conflict):
    """The freeze was lifted before."""

    code = "lifted_already"


class InvalidFreeze(Invalid):
    """A freeze without a reason, or with an end that is over."""

    code = "invalid_freeze"


class Frozen(Conflict):
    """Nothing is written here while a freeze stands."""

    code = "frozen"
