"""The components in a real browser: for everybody, at both widths, in both themes, by keyboard."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.axe import axe_violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def guide(live_server: LiveServer, settings: Any) -> str:
    settings.DEBUG = True
    return f"{live_server.url}/styleguide/"


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page of any width and colour scheme; afterwards no page may have complained in its console."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def open_one(url: str, width: int = 1280, scheme: Any = "light") -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 860}, color_scheme=scheme)
        contexts.append(context)
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        page.wait_for_load_state("networkidle")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_components__for_everybody__break_no_rule_of_axe_and_never_scroll_sideways(
    guide: str, open_page: Any, width: int, scheme: str
) -> None:
    page: Page = open_page(guide, width, scheme)
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


@pytest.mark.parametrize("width", [1280, 390])
def test_sign_in__for_everybody__breaks_no_rule_of_axe(live_server: LiveServer, open_page: Any, width: int) -> None:
    assert axe_violations(open_page(f"{live_server.url}/accounts/login/", width)) == []


def test_axe__on_a_page_with_a_fault__finds_it(guide: str, open_page: Any) -> None:
    page: Page = open_page(guide)
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<button type=button></button>')")
    assert [line for line in axe_violations(page) if line.startswith("button-name")]


def test_theme__chosen__holds_after_a_reload_before_anything_is_drawn(guide: str, open_page: Any) -> None:
    page: Page = open_page(guide)
    page.click(".topbar__me")
    page.click(".theme__option:has-text('Dark')")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => { window.first = document.documentElement.dataset.bsTheme; })"
    )
    page.reload()
    assert page.evaluate("window.first") == "dark"


def test_rail__folded__stays_folded(guide: str, open_page: Any) -> None:
    page: Page = open_page(guide)
    page.click("[data-rail-fold]")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-rail", "folded")
    assert page.locator(".rail").bounding_box()["width"] < 80  # type: ignore[index]


@pytest.mark.parametrize("keys", ["/", "Control+k"])
def test_search__by_key__opens_and_escape_closes(guide: str, open_page: Any, keys: str) -> None:
    page: Page = open_page(guide)
    page.keyboard.press(keys)
    expect(page.locator("#palette-q")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_search__slash_typed_in_a_field__stays_in_the_field(guide: str, open_page: Any) -> None:
    page: Page = open_page(guide)
    page.locator("#id_name").press_sequentially("a/b?")
    expect(page.locator("#id_name")).to_have_value("a/b?")
    expect(page.locator("#palette")).to_be_hidden()


def test_tree__by_arrow_keys__moves_opens_and_closes(guide: str, open_page: Any) -> None:
    page: Page = open_page(guide)
    item = page.get_by_role("treeitem", name="Coupon hunters")
    expect(item).to_have_attribute("aria-expanded", "false")
    page.get_by_role("treeitem", name="Fresh and organic").focus()
    page.keyboard.press("c")
    expect(item).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("treeitem", name="Paper coupons only")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("treeitem", name="Paper coupons only")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(item).to_have_attribute("aria-expanded", "false")
    page.reload()
    expect(item).to_have_attribute("aria-expanded", "false")


def test_draft__of_a_form_that_was_not_sent__comes_back_and_can_be_discarded(guide: str, open_page: Any) -> None:
    page: Page = open_page(guide)
    page.fill("#id_meaning", "half a thought")
    page.wait_for_timeout(800)  # kept a moment after the last key
    page.reload()
    expect(page.locator("#id_meaning")).to_have_value("half a thought")
    page.click(".draft-note button")
    expect(page.locator("#id_meaning")).to_have_value("")


def test_dialog__opened__names_the_consequences_and_gives_the_focus_back(guide: str, open_page: Any) -> None:
    page: Page = open_page(guide)
    opener = page.locator("[data-dialog=retire]")
    opener.click()
    expect(page.locator("#retire")).to_contain_text("312 customers leave 2 segments.")
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_button__that_may_not_be_used__says_why(guide: str, open_page: Any) -> None:
    page: Page = open_page(guide)
    page.locator("button[data-why]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Only a member of the Grocery board can vote.")


def test_form__sent_twice_in_a_row__goes_once(guide: str, open_page: Any) -> None:
    page: Page = open_page(guide)
    sent = page.evaluate(
        """() => {
          const form = document.querySelector("#retire form");
          let count = 0;
          addEventListener("submit", event => { if (!event.defaultPrevented) count += 1; event.preventDefault(); });
          form.reason.value = "x"; form.requestSubmit(); form.requestSubmit(); form.requestSubmit();
          return count;
        }"""
    )
    assert sent == 1


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (403, "<p data-problem>Only the Grocery board decides this.</p>", "Only the Grocery board decides this."),
        (401, "", "You have been signed out."),
        (500, "", "The server could not do this (500)."),
    ],
)
def test_region__that_fails__says_so_in_the_servers_words(
    guide: str, open_page: Any, status: int, body: str, said: str
) -> None:
    page: Page = open_page(guide)
    page.evaluate(
        """([status, body]) => {
          const xhr = {status, responseText: body, getResponseHeader: () => "text/html"};
          document.body.dispatchEvent(new CustomEvent("htmx:responseError", {bubbles: true, detail: {xhr}}));
        }""",
        [status, body],
    )
    expect(page.locator("#toasts [role=alert]")).to_contain_text(said)


def test_facts__on_a_phone__fold_and_unfold(guide: str, open_page: Any) -> None:
    page: Page = open_page(guide, 390)
    fold = page.locator(".facts-fold")
    expect(fold).to_have_attribute("open", "")
    page.locator(".facts-fold__summary").click()
    expect(page.locator(".facts-fold__body")).to_be_hidden()
