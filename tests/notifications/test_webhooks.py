"""Webhooks lead to public addresses over https and nowhere else; what fails waits, and is given up visibly."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest

from common.clock import now
from notifications.choices import Delivery, Kind
from notifications.errors import AddressRefused
from notifications.models import Post
from notifications.services import tell_rooms
from notifications.services.posting import retry_post, send_due_posts
from notifications.services.rooms import open_room
from notifications.transports import webhook
from notifications.transports.addresses import checked_url, refuse_private, resolved


@pytest.mark.parametrize(
    "ip",
    [
        "0.0.0.0",  # noqa: S104
        "127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9",
        "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.88.99.1",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "fec0::1", "100::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::7f00:1", "64:ff9b::7f00:1", "64:ff9b::808:808",
        "64:ff9b:1::1", "2002:7f00:1::", "2001:0:4136:e378::", "2001:db8::1",
    ],
)  # fmt: skip
def test_address__that_is_not_public__is_refused(ip: str) -> None:
    with pytest.raises(AddressRefused):
        refuse_private(ip)


@pytest.mark.parametrize("ip", ["8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "2606:4700::1111"])
def test_address__that_is_public__passes(ip: str) -> None:
    refuse_private(ip)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/x",
        "ftp://hooks.example.com/x",
        "file:///etc/passwd",
        "https:///x",
        "https://user:pass@hooks.example.com/x",
        "https://hooks.example.com@127.0.0.1/x",
        "https://hooks.example.com:8443/x",
        "https://hooks.example.com:99999/x",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/\r\nHost: x",
        "https://" + "a" * 500 + ".example/",
        "",
    ],
)
def test_url__of_another_form__is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        checked_url(url)


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "[::1]", "localhost", "[::ffff:127.0.0.1]"])
def test_url__that_resolves_to_this_machine__is_refused(host: str) -> None:
    with pytest.raises(AddressRefused):
        resolved(f"https://{host}/x")


class Receiver(BaseHTTPRequestHandler):
    """Answers what its server says, and keeps what it got."""

    def do_POST(self) -> None:
        server: Any = self.server
        server.got.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if server.answer == "slow":
            server.released.wait(20)
            return
        self.send_response(server.answer)
        if server.answer == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(b"x" * 100_000)

    def log_message(self, *_args: Any) -> None:
        """Nothing is logged."""


@pytest.fixture
def receiver(settings: Any) -> Iterator[Any]:
    settings.SEGPORTAL_WEBHOOK_LOOPBACK = True
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.got, server.answer, server.released = [], 200, threading.Event()
    server.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.released.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_loopback_switch__while_on__opens_this_machine_and_nothing_else(settings: Any) -> None:
    settings.SEGPORTAL_WEBHOOK_LOOPBACK = True
    refuse_private("127.0.0.1")
    for ip in ("8.8.8.8", "10.0.0.1", "169.254.169.254"):
        with pytest.raises(AddressRefused):
            refuse_private(ip)


@pytest.mark.parametrize(("answer", "reason"), [(302, "answered 302"), (500, "answered 500"), (404, "answered 404")])
def test_post__answered_otherwise_than_well__fails_and_follows_nothing(receiver: Any, answer: int, reason: str) -> None:
    receiver.answer = answer
    with pytest.raises(webhook.PostFailed, match=reason):
        webhook.post_json(receiver.url, {"text": "x"})
    assert len(receiver.got) == 1


def test_post__to_one_that_never_answers__ends(receiver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "SECONDS", 0.2)
    receiver.answer = "slow"
    with pytest.raises(webhook.PostFailed):
        webhook.post_json(receiver.url, {"text": "x"})


@pytest.fixture
def owed(cast: SimpleNamespace, receiver: Any) -> Post:
    open_room(
        actor=cast.administrator,
        board_key="board",
        name="#segments",
        platform="slack",
        address=receiver.url,
        kinds=[Kind.DECIDED],
    )
    tell_rooms(board_key="board", kind=Kind.DECIDED, title="Anchors was approved", url="/requests/1/", key="d:1")
    return Post.objects.get()


@pytest.mark.django_db
def test_posts__that_are_due__go_out_once(owed: Post, receiver: Any) -> None:
    assert send_due_posts() == 1
    assert send_due_posts() == 0
    assert "Anchors was approved" in receiver.got[0]
    assert len(receiver.got) == 1


@pytest.mark.django_db
def test_posts__while_the_room_fails__wait_and_are_given_up_and_tried_again(
    cast: SimpleNamespace, owed: Post, receiver: Any
) -> None:
    receiver.answer = 500
    for attempt in range(1, 9):
        Post.objects.update(due_at=now())
        assert send_due_posts() == 0
        owed.refresh_from_db()
        assert owed.attempts == attempt
        assert owed.state == (Delivery.GIVEN_UP if attempt == 8 else Delivery.WAITING)
    assert send_due_posts() == 0
    receiver.answer = 200
    retry_post(actor=cast.steward, post_id=owed.pk)
    assert send_due_posts() == 1
    owed.refresh_from_db()
    assert (owed.state, owed.error) == (Delivery.SENT, "")
