"""A running portal with the demonstration company, and a real Chromium."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.portal import Portal

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One portal serves all of them, in one process; without Chromium they say loudly that they did not run."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("portal"))
            item.add_marker(pytest.mark.timeout(400))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; patient, because two processors serve the portal, its worker and the browser at once."""
    expect.set_options(timeout=15_000)
    if CHROMIUM is None:
        pytest.skip("NO CHROMIUM ON THIS MACHINE: the browser tests did not run")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--disable-quic"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def signed_in() -> dict[str, Any]:
    """What the browsers of people who signed in once have kept: sign-ins are counted and limited."""
    return {}


@pytest.fixture
def sign_in(portal: Portal, chromium: Browser, signed_in: dict[str, Any]) -> Iterator[Callable[..., Page]]:
    """Open a browser of one's own and sign in; console errors and failed requests fail the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def as_person(username: str, **options: Any) -> Page:
        context = chromium.new_context(base_url=portal.url, storage_state=signed_in.get(username), **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on("console", lambda line: faults.append(f"{page.url}: {line.text}") if line.type == "error" else None)
        page.on("dialog", lambda dialog: faults.append(f"{page.url}: {dialog.message}"))
        page.goto("/")
        if username not in signed_in:
            page.fill("input[name=login]", username)
            page.fill("input[name=password]", portal.password())
            page.click("main button[type=submit]")
            page.wait_for_url(f"{portal.url}/")
            signed_in[username] = context.storage_state()
        return page

    yield as_person
    for context in contexts:
        context.close()
    # A refusal that a test provokes is no fault of the page.
    provoked = ("the server responded with a status of 4", "Response Status Error Code 4")
    assert [fault for fault in faults if not any(words in fault for words in provoked)] == []
