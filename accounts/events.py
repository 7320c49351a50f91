"""Facts about people and their keys."""

from dataclasses import dataclass

from common.events import Event


@dataclass(frozen=True, kw_only=True)
class PersonCreated(Event):
    name = "accounts.person.created"
    object_type = "person"
    sentence = "created the account {username}"
    username: str

    @property
    def object_key(self) -> str:
        return self.username


@dataclass(frozen=True, kw_only=True)
class PersonDeactivated(Event):
    name = "accounts.person.deactivated"
    object_type = "person"
    sentence = "deactivated {username}: every session and token ended"
    username: str

    @property
    def object_key(self) -> str:
        return self.username


@dataclass(frozen=True, kw_only=True)
class PersonReactivated(Event):
    name = "accounts.person.reactivated"
    object_type = "person"
    sentence = "reactivated {username}"
    username: str

    @property
    def object_key(self) -> str:
        return self.username


@dataclass(frozen=True, kw_only=True)
class RoleGranted(Event):
    name = "accounts.role.granted"
    object_type = "person"
    sentence = "granted {username} the role {role} over {branch_words}"
    username: str
    role: str
    branch: str
    branch_words: str

    @property
    def object_key(self) -> str:
        return self.username


@dataclass(frozen=True, kw_only=True)
class RoleRevoked(Event):
    name = "accounts.role.revoked"
    object_type = "person"
    sentence = "took the role {role} over {branch_words} from {username}"
    username: str
    role: str
    branch: str
    branch_words: str

    @property
    def object_key(self) -> str:
        return self.username


@dataclass(frozen=True, kw_only=True)
class TokenCreated(Event):
    name = "accounts.token.created"
    object_type = "person"
    sentence = "made the API token “{token_name}” ({prefix}…) with the scopes {scopes_words}"
    username: str
    token_name: str
    prefix: str
    scopes_words: str

    @property
    def object_key(self) -> str:
        return self.username


@dataclass(frozen=True, kw_only=True)
class TokenRevoked(Event):
    name = "accounts.token.revoked"
    object_type = "person"
    sentence = "revoked the API token {prefix}…"
    username: str
    prefix: str

    @property
    def object_key(self) -> str:
        return self.username
