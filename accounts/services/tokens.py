"""Makes, finds and revokes API tokens."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from accounts.choices import Scope
from accounts.events import TokenCreated, TokenRevoked
from accounts.models import Token
from accounts.policies import TokenPolicy
from accounts.selectors import user_by_id
from common.actors import SYSTEM, Actor
from common.clock import now
from common.errors import Invalid, NotFound
from common.texts import clean_text
from ledger.services import announce

TOUCH_EVERY = timedelta(minutes=1)


def digest_of_token(plain: str) -> str:
    """SHA-256 of the token; enough for 256 random bits."""
    return hashlib.sha256(plain.encode()).hexdigest()


@transaction.atomic
def create_token(
    *,
    actor: Actor,
    user_id: int,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None = None,
    source_key: str = "",
) -> tuple[Token, str]:
    """Afterwards the person has a token; its text is returned this once and stored nowhere. What is sent with it counts
    as data of the source `source_key`, which the caller has checked.

    Refuses: Invalid (name, scopes, a past expiry), NotAllowed (somebody else's; sending data). Announces: TokenCreated.
    """
    user = user_by_id(user_id)
    chosen = sorted(set(scopes))
    if actor is not SYSTEM:
        TokenPolicy().require(actor, "create", Token(user=user, scopes=chosen))
    unknown = [scope for scope in chosen if scope not in Scope.values]
    if unknown or not chosen:
        raise Invalid(f"Choose scopes among: {', '.join(Scope.values)}.", pointer="/scopes")
    if expires_at is not None and expires_at <= now():
        raise Invalid("The expiry lies in the past.", pointer="/expires_at")
    prefix = secrets.token_hex(4)
    plain = f"sgp_{prefix}_{secrets.token_urlsafe(32)}"
    token = Token.objects.create(
        user=user,
        name=clean_text(name, pointer="/name", max_length=80),
        prefix=prefix,
        digest=digest_of_token(plain),
        scopes=chosen,
        source_key=source_key,
        expires_at=expires_at,
    )
    announce(
        TokenCreated(username=user.username, token_name=token.name, prefix=prefix, scopes_words=", ".join(chosen)),
        actor=actor,
    )
    return token, plain


@transaction.atomic
def revoke_token(*, actor: Actor, token_id: int) -> Token:
    """Afterwards the token opens nothing. Refuses: NotFound, NotAllowed. Announces: TokenRevoked once."""
    token = Token.objects.select_for_update().select_related("user").filter(pk=token_id).first()
    if token is None:
        raise NotFound("There is no such token.")
    TokenPolicy().require(actor, "revoke", token)
    if token.revoked_at is None:
        token.revoked_at = now()
        token.save(update_fields=["revoked_at"])
        announce(TokenRevoked(username=token.user.username, prefix=token.prefix), actor=actor)
    return token


def open_token(plain: str) -> Token | None:
    """The token of that text with its person, if it is in force and the person active; None for any other text.

    Afterwards its use is noted.
    """
    parts = plain.split("_", 2)
    if len(parts) != 3 or parts[0] != "sgp" or not parts[1].isalnum() or len(parts[1]) > 12:
        return None
    token = Token.objects.select_related("user").filter(prefix=parts[1]).first()
    if token is None or not hmac.compare_digest(token.digest, digest_of_token(plain)):
        return None
    expired = token.expires_at is not None and token.expires_at <= now()
    if token.revoked_at is not None or expired or not token.user.is_active:
        return None
    touch_token(token)
    return token


def touch_token(token: Token) -> None:
    """Note the use of a token, at most once a minute."""
    instant = now()
    if token.last_used_at is not None and token.last_used_at > instant - TOUCH_EVERY:
        return
    Token.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=instant - TOUCH_EVERY), pk=token.pk).update(
        last_used_at=instant
    )
