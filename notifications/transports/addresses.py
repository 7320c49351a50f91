"""Which addresses a webhook may lead to: public ones, over https, as they resolve at the moment of the call."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from notifications.errors import AddressRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Ranges that carry other addresses inside, or that Python calls global though nobody public lives there.
_DENIED = tuple(
    ipaddress.ip_network(each)
    for each in (
        "100.64.0.0/10",  # shared between a carrier's customers
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "::/96",
        "64:ff9b::/96",  # NAT64: an IPv4 address inside
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "fec0::/10",
    )
)


@dataclass(frozen=True)
class Target:
    """Where a checked call goes: the name for the certificate, the address to connect to, and the path."""

    scheme: str
    host: str
    port: int
    path: str
    ip: str = ""


def checked_url(url: str, *, pointer: str = "") -> Target:
    """The parts of an address that may be called, before it is resolved; raises `AddressRefused` with the reason."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refused("This is no web address.", pointer) from None
    if any(ord(each) < 33 or ord(each) > 126 for each in url) or len(url) > 500:
        raise _refused("Give the address in plain letters, without spaces, in at most 500 characters.", pointer)
    loopback = bool(settings.SEGPORTAL_WEBHOOK_LOOPBACK)
    if parts.scheme != "https" and not (loopback and parts.scheme == "http"):
        raise _refused("A webhook's address begins with https://.", pointer)
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise _refused("Give a host without user name and password.", pointer)
    if port not in (None, 443) and not loopback:
        raise _refused("A webhook is called on port 443.", pointer)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80), path)


def resolved(url: str) -> Target:
    """The target with the address that it resolves to now, resolved once; refuses when any of them is not public."""
    target = checked_url(url)
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefused("The name of the host does not resolve.", code="unresolved") from error
    ips = list(dict.fromkeys(str(each[4][0]) for each in found))
    for ip in ips:
        refuse_private(ip)
    return Target(target.scheme, target.host, target.port, target.path, ips[0])


def refuse_private(text: str) -> None:
    """Refuse an address that is not public; loopback passes only where the settings open it for trials."""
    ip: Address = ipaddress.ip_address(text.partition("%")[0])
    if settings.SEGPORTAL_WEBHOOK_LOOPBACK:
        if ip.is_loopback:
            return
        raise AddressRefused("On this portal webhooks lead to its own machine only.", code="address_refused")
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    inside = mapped or ip
    if (
        mapped is not None
        or not inside.is_global
        or inside.is_multicast
        or inside.is_reserved
        or inside.is_unspecified
        or any(inside in network for network in _DENIED if network.version == inside.version)
    ):
        raise AddressRefused("The address leads into a network that is not public.", code="address_refused")


def _refused(words: str, pointer: str) -> AddressRefused:
    return AddressRefused(words, pointer=pointer or None)
