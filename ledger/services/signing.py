"""The key that signs heads: from the settings, or made once and kept beside the portal's data."""

import hashlib
import os
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

_RAW = serialization.Encoding.Raw
_BARE = serialization.PublicFormat.Raw


@cache
def _private_key() -> Ed25519PrivateKey:
    if settings.SEGPORTAL_LEDGER_KEY:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.SEGPORTAL_LEDGER_KEY))
    path = Path(settings.SEGPORTAL_LEDGER_KEY_FILE)
    if not path.exists():
        _keep_new_key(path)
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().strip()))


def _keep_new_key(path: Path) -> None:
    """Write a new key that only the portal's user may read; of two processes at once, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = Ed25519PrivateKey.generate().private_bytes_raw().hex()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(made + "\n")


def public_key() -> str:
    """The key with which anybody can check a head, 32 bytes in hexadecimal digits (Ed25519)."""
    return _private_key().public_key().public_bytes(_RAW, _BARE).hex()


def key_id() -> str:
    """The first sixteen digits of the SHA-256 of the public key."""
    return hashlib.sha256(bytes.fromhex(public_key())).hexdigest()[:16]


def sign(document: str) -> str:
    """The signature of the document's UTF-8 bytes, in hexadecimal digits."""
    return _private_key().sign(document.encode()).hex()


def is_signed(document: str, signature: str, key: str) -> bool:
    """Whether the signature is that of the document by the public key."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), document.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
