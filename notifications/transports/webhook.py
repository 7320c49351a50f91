"""Posts JSON to a checked address: no redirects, bounded in bytes and in time."""

import http.client
import json
import socket
import ssl
import threading
from typing import Any

from notifications.transports.addresses import Target, resolved

SECONDS = 8.0
BYTES = 4096


class PostFailed(Exception):
    """The receiver did not take the message; the text says why, without its words."""


def post_json(url: str, body: dict[str, Any]) -> int:
    """Post and return the status (2xx); raises `AddressRefused`, or `PostFailed` for anything else."""
    target = resolved(url)
    connection = _connection(target)
    # Time limits of a socket begin anew with every byte; this one does not.
    alarm = threading.Timer(SECONDS, _hang_up, args=(connection,))
    alarm.daemon = True
    alarm.start()
    try:
        connection.request(
            "POST",
            target.path,
            body=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "User-Agent": "Segportal", "Connection": "close"},
        )
        response = connection.getresponse()
        response.read(BYTES)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise PostFailed(f"no answer ({type(error).__name__})") from error
    finally:
        alarm.cancel()
        connection.close()
    if not 200 <= response.status < 300:
        raise PostFailed(f"answered {response.status}")
    return response.status


def _connection(target: Target) -> http.client.HTTPConnection:
    """A connection to the checked address, whatever the name resolves to by now."""
    try:
        raw = socket.create_connection((target.ip, target.port), timeout=SECONDS)
    except OSError as error:
        raise PostFailed(f"not reached ({type(error).__name__})") from error
    connection = http.client.HTTPConnection(target.host, target.port, timeout=SECONDS)
    try:
        connection.sock = (
            ssl.create_default_context().wrap_socket(raw, server_hostname=target.host)
            if target.scheme == "https"
            else raw
        )
    except OSError as error:
        raw.close()
        raise PostFailed(f"not trusted ({type(error).__name__})") from error
    return connection


def _hang_up(connection: http.client.HTTPConnection) -> None:
    sock = connection.sock
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            sock.close()
