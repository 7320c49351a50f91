"""Write keys of sources: made, shown once, revoked."""

from django.db import transaction

from accounts.choices import Scope
from accounts.services import create_token, revoke_token
from common.actors import Actor
from common.errors import NotFound
from customers.policies import SourcePolicy
from customers.selectors import source_by_key
from customers.selectors.arrivals import write_keys_of


@transaction.atomic
def create_write_key(*, actor: Actor, source_key: str, name: str) -> str:
    """Afterwards programs can send data of the source with the key, whose text is returned this once.

    Refuses: `NoSuchSource`, `NotAllowed`, `Invalid` (name). Announces: `accounts.token.created`.
    """
    SourcePolicy().require(actor, "define")
    source = source_by_key(source_key)
    if actor.pk is None:
        raise NotFound("A write key belongs to a person; use `manage.py create_token`.")
    _, plain = create_token(actor=actor, user_id=actor.pk, name=name, scopes=[Scope.INGEST], source_key=source.key)
    return plain


@transaction.atomic
def revoke_write_key(*, actor: Actor, source_key: str, token_id: int) -> str:
    """Afterwards the key opens nothing; its name. Whoever made it, a data steward can revoke it.

    Refuses: `NotFound`, `NotAllowed`. Announces: `accounts.token.revoked` once.
    """
    SourcePolicy().require(actor, "define")
    if not write_keys_of(source_by_key(source_key)).filter(pk=token_id).exists():
        raise NotFound("This source has no such write key.")
    token = revoke_token(actor=actor, token_id=token_id)
    return token.name
