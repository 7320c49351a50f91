"""The shared cast and stage of the tests."""

import os
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from tests.browser.portal import Portal, free_port

# Playwright's loop runs in the thread of the tests.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

PASSWORD = "a long enough password"


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The portal as `make run` starts it, with the demonstration company; its tests share one xdist group.

    TEST_PORTAL=folder:port takes the folder of a portal that was loaded before, running or not.
    """
    by_hand, _, port = os.environ.get("TEST_PORTAL", "").rpartition(":")
    folder = Path(by_hand) if by_hand else tmp_path_factory.mktemp("portal")
    running = Portal(folder, int(port) if by_hand else free_port(), extra={"SEGPORTAL_MAX_UPLOAD_MB": "1"})
    try:
        if not running.is_ready():
            running.start()
        yield running
    finally:
        if running.process is not None and running.process.poll() is None:
            running.stop()


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A session on a standalone Spark with two workers; its tests share one xdist group, so that it starts once."""
    from tests.spark_cluster import cluster
    from tests.taxonomy import evaluators

    folder = tmp_path_factory.mktemp("spark")
    with cluster(folder) as master:
        session = evaluators.spark_session(folder, master)
        try:
            yield session
        finally:
            evaluators.end_spark(session)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Emptying the tables between tests truncates; only here the ledger allows it. And stages are set up without
    boards: tests of the side doors, and those of the running portal, have the guards of consent as they are."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_no_truncate")
        for table, trigger in consent_triggers():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")


def consent_triggers() -> list[tuple[str, str]]:
    """(table, trigger) of each guard that asks new versions for their request."""
    tables = import_module("segportal.migrations.0001_consent_of_versions").TABLES
    return [*((table, "segportal_consent") for table in tables), ("taxonomy_segmentversion", "segportal_enacted")]


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def ordinals_from_zero(db: None) -> None:
    """What follows from a customer's number, like who is kept back, is the same whatever tests ran before."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER SEQUENCE customers_ordinal_seq RESTART WITH 0")


@pytest.fixture
def cast(db: None) -> SimpleNamespace:
    """The people of every story; board members hold seats only where a test gives them."""
    from tests.factories.people import make_cast

    return make_cast()


@pytest.fixture
def grocer(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast with a small catalogue, twelve customers, four segments and a board of three functions."""
    from tests.factories.grocer import make_grocer

    return make_grocer(cast)


@pytest.fixture
def client_of() -> Callable[[Any], Client]:
    """A browser in which the person is signed in."""

    def sign_in(user: Any) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def api_of() -> Callable[..., Client]:
    """A client program with a token of the person; scopes read and write unless told otherwise."""
    from accounts.services import create_token

    def connect(user: Any, scopes: tuple[str, ...] = ("read", "write")) -> Client:
        _, plain = create_token(actor=user, user_id=user.pk, name="test", scopes=scopes)
        return Client(headers={"Authorization": f"Bearer {plain}"})

    return connect


@pytest.fixture
def worker(transactional_db: None) -> Iterator[Any]:
    """A real Celery worker in a thread of this process, on this session's broker."""
    from celery.contrib.testing.worker import start_worker

    from segportal.celery import app

    with app.connection_for_write() as broker:
        broker.default_channel.client.flushdb()
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=20, loglevel="WARNING") as running:
        yield running
