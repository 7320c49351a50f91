"""The editor of a rule in a real browser: built by keyboard alone, undone, taken up again, read as text, sent."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import axe_violations

SignIn = Callable[..., Page]
NEW = "/requests/new/?type=segment&kind=create"

pytestmark = pytest.mark.slow


def settled(page: Page) -> None:
    """Nothing is on its way any more: a request that leaving the page cuts off is told on the console."""
    page.wait_for_timeout(1_500)


def opened(page: Page, path: str) -> None:
    settled(page)
    page.goto(path)
    expect(page.locator("#builder")).to_be_visible()
    expect(page.locator("#rule-look > .loading")).to_have_count(0)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def choose_attribute(page: Page, words: str) -> None:
    """In the field that has the focus: search, take the first that fits."""
    page.keyboard.type(words)
    expect(page.locator(".pick__option[aria-selected=true]")).to_be_visible()
    page.keyboard.press("Enter")


def rule_of(page: Page) -> str:
    return page.locator("#id_rule").input_value()


def fill_the_rest(page: Page, key: str) -> None:
    page.get_by_label("Name", exact=True).fill("Weekly spenders")
    page.get_by_label("Key", exact=True).fill(key)
    page.get_by_label("Meaning").fill("Households that come each week and spend well.")
    page.get_by_label("Why", exact=True).fill("They carry the stores, and nobody calls them.")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_builder__by_keyboard_alone__builds_undoes_reloads_and_sends(sign_in: SignIn, width: int, scheme: str) -> None:
    page = sign_in("helen", viewport={"width": width, "height": 844}, color_scheme=scheme)
    opened(page, NEW)
    page.locator("#builder [id^=add-]").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Attribute of condition 1")).to_be_focused()
    choose_attribute(page, "days since")
    expect(page.locator("#builder select[name^=o-]")).to_be_focused()
    expect(page.locator("#builder")).to_contain_text("Give a number.")
    press(page, "Tab", "Tab")
    page.keyboard.type("3o")
    expect(page.locator("#builder")).to_contain_text("“3o” is not a number")
    press(page, "Backspace")
    page.keyboard.type("0")
    expect(page.locator("#rule-look strong")).to_contain_text("customers")
    expect(page.locator("#builder .builder-funnel")).to_contain_text("dropped")
    expect(page.locator("#id_rule")).to_have_value("days_since_last_purchase >= 30")
    # A second condition, moved before the first, taken back and done again.
    page.locator("#builder [id^=add-]").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Attribute of condition 2")).to_be_focused()
    choose_attribute(page, "spend_365d")
    expect(page.locator("#builder select[name^=o-]").nth(1)).to_be_focused()
    press(page, "Tab", "Tab")
    page.keyboard.type("1000")
    expect(page.locator("#id_rule")).to_have_value("days_since_last_purchase >= 30 AND spend_365d >= 1000")
    page.get_by_role("button", name="Move condition 2 up").focus()
    press(page, "Enter")
    expect(page.locator("#id_rule")).to_have_value("spend_365d >= 1000 AND days_since_last_purchase >= 30")
    press(page, "Control+z")
    expect(page.locator("#id_rule")).to_have_value("days_since_last_purchase >= 30 AND spend_365d >= 1000")
    press(page, "Control+Shift+z")
    expect(page.locator("#id_rule")).to_have_value("spend_365d >= 1000 AND days_since_last_purchase >= 30")
    assert axe_violations(page) == []
    # It is there again after a reload, and can still be undone.
    opened(page, NEW)
    expect(page.locator("#builder")).to_contain_text("your draft as you left it")
    expect(page.locator("#id_rule")).to_have_value("spend_365d >= 1000 AND days_since_last_purchase >= 30")
    expect(page.locator("#builder-undo")).not_to_have_attribute("aria-disabled", "true")
    # Text and back: the text is the same rule, a wrong one stays where it is, nothing is lost.
    page.locator("#view-text").focus()
    press(page, "Enter")
    content = page.locator("[data-rule-content]")
    expect(content).to_contain_text("spend_365d >= 1000")
    content.focus()
    press(page, "Control+End")
    # Slower than the page answers: nothing may be drawn anew under the fingers.
    page.keyboard.type(" AND ordrs", delay=180)
    expect(page.locator("#rule-look")).to_contain_text("There is no attribute ordrs")
    page.locator("#view-builder").focus()
    press(page, "Enter")
    expect(page.locator("#view-text")).to_have_attribute("aria-pressed", "true")
    expect(content).to_contain_text("AND ordrs")
    content.focus()
    press(page, "Control+End", *["Backspace"] * 10)
    expect(page.locator("#rule-look strong")).to_contain_text("customers")
    page.locator("#view-words").focus()
    press(page, "Enter")
    expect(page.locator(".builder__words")).to_contain_text("is at least 1000")
    assert axe_violations(page) == []
    page.locator(".builder__clause").nth(1).focus()
    press(page, "Enter")
    expect(page.get_by_role("combobox", name="Attribute of condition 2")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    fill_the_rest(page, f"weekly-{width}")
    settled(page)
    page.get_by_role("button", name="Save as a draft").focus()
    press(page, "Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert re.search(r"/requests/\d+/$", page.url)
    opened(page, NEW)
    assert rule_of(page) == ""


def test_builder__unfinished__is_not_sent_but_led_to_what_is_missing(sign_in: SignIn) -> None:
    page = sign_in("helen")
    opened(page, NEW)
    page.locator("#builder [id^=add-]").first.click()
    expect(page.get_by_role("combobox", name="Attribute of condition 1")).to_be_focused()
    choose_attribute(page, "days since")
    expect(page.locator("#builder")).to_contain_text("Give a number.")
    fill_the_rest(page, "unfinished")
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.get_by_text("The rule is not finished: Give a number.")).to_be_visible()
    assert page.url.endswith(NEW)
    settled(page)
    page.get_by_label("More for the whole rule").click()
    page.get_by_role("button", name="Discard this draft").click()
    page.get_by_role("button", name="Discard it").click()
    expect(page.locator("#builder .builder-clause")).to_have_count(0)


def test_builder__on_two_pages__shows_both_and_loses_neither(sign_in: SignIn) -> None:
    page = sign_in("helen")
    other = page.context.new_page()
    path = "/requests/new/?type=segment&kind=change&key=quiet-households"
    opened(page, path)
    opened(other, path)
    value = "#builder input[name^=e-]"
    page.fill(value, "50")
    expect(page.locator("#id_rule")).to_have_value("days_since_last_purchase >= 50")
    other.fill(value, "60")
    expect(other.locator("#builder")).to_contain_text("changed on another page")
    expect(other.locator("#builder")).to_contain_text(">= 50")
    expect(other.locator("#builder")).to_contain_text(">= 60")
    other.get_by_role("button", name="Go on with yours").click()
    expect(other.locator("#id_rule")).to_have_value("days_since_last_purchase >= 60")
    other.locator("#builder-undo").click()
    expect(other.locator("#id_rule")).to_have_value("days_since_last_purchase >= 50")
    settled(other)
    other.get_by_label("More for the whole rule").click()
    other.get_by_role("button", name="Discard this draft").click()
    other.get_by_role("button", name="Discard it").click()
    expect(other.locator("#id_rule")).to_have_value("days_since_last_purchase >= 45")
