"""The address of the portal: is it free, and does the portal answer there?"""

import errno
import http.client
import socket
from dataclasses import dataclass

EVERYWHERE = "0.0.0.0"  # noqa: S104  (a word to recognise)


class AddressProblem(RuntimeError):
    """The portal cannot listen there; the text says why and what to do."""


@dataclass(frozen=True)
class Address:
    """Where the web process listens."""

    host: str
    port: int

    @property
    def bind(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """What a person on this machine types into a browser."""
        host = {EVERYWHERE: "127.0.0.1", "::": "[::1]"}.get(
            self.host, f"[{self.host}]" if ":" in self.host else self.host
        )
        return f"http://{host}:{self.port}/"

    def require_free(self) -> None:
        """Refuses with AddressProblem when another program listens there or the address is not ours."""
        try:
            family = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)[0][0]
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((self.host, self.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise AddressProblem(
                    f"Port {self.port} on {self.host} is in use by another program.\n"
                    f"Stop that program, or choose another port: PORT={self.port + 1} make run"
                ) from error
            raise AddressProblem(f"Cannot listen on {self.bind}: {error}. Set HOST and PORT.") from error

    def answers(self, *, host_header: str) -> bool:
        """Does `/livez` say that the web process is alive?"""
        target = self.url.removeprefix("http://").rstrip("/")
        connection = http.client.HTTPConnection(target, timeout=5)
        try:
            connection.request("GET", "/livez", headers={"Host": host_header})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def address_from(host: str, port: str) -> Address:
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise AddressProblem(f"PORT is {port!r}, which is not a port number. Set it to a number such as 8000.")
    return Address(host, int(port))
