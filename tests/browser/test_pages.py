"""Every main page, as the people who use it see it: wide and narrow, light and dark, and by keyboard alone."""

from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import axe_violations
from tests.browser.people import call

SignIn = Callable[..., Page]
SIZES = {1280: 860, 390: 844}
# In turn, so that each page is seen light and dark.
SCHEMES: dict[int, Any] = {1280: ("light", "dark"), 390: ("dark", "light")}
PAGES = {
    "helen": (
        "/",
        "/taxonomy/",
        "/segments/card-households/",
        "/segments/quiet-households/",
        "/segments/quiet-households/thresholds/",
        "/segments/quiet-households/versions/",
        "/segments/quiet-households/versions/1/",
        "/segments/quiet-households/versions/compare/",
        "/objectives/",
        "/objectives/keep-anchors/",
        "/requests/?state=",
        "/requests/new/",
        "/requests/new/?type=segment&kind=create",
        "/requests/new/?type=segment&kind=change&key=quiet-households",
        "/requests/new/?type=segment&kind=retire&key=quiet-households",
        "/requests/new/?type=attribute&kind=create",
    ),
    "ruth": (
        "/requests/new/?type=playbook&kind=change&key=event-hosts",
        "/requests/new/?type=brief&kind=change&key=event-hosts",
        "/boards/",
        "/boards/segmentation/",
        "/segments/event-hosts/members/",
        "/segments/event-hosts/history/",
        "/segments/event-hosts/retention/",
        "/transitions/",
        "/overlaps/",
        "/lists/",
        "/lists/new/",
        "/exports/",
        "/exports/new/?of=members&segment=event-hosts",
        "/insights/",
        "/misclassifications/",
    ),
    "grace": ("/", "{waiting}", "{waiting}?tab=changes", "{waiting}?tab=impact", "{waiting}?tab=checks"),
    "rosa": (
        "/",
        "/customers/",
        "/customers/hh-0072/",
        "/customers/hh-0072/why/card-households/",
        "/customers/hh-0072/timeline/",
        "/customers/hh-0072/events/",
        "/misclassifications/new/?customer=hh-0072",
        "/playbooks/",
        "/playbooks/event-hosts/",
        "/search/?q=household",
        "/search/?q=nothing-like-this",
    ),
    "hana": ("/", "/training/", "/training/event-hosts/", "/training/event-hosts/walkthrough/"),
    "tomas": (
        "/",
        "/attributes/",
        "/attributes/spend_365d/",
        "/attributes/+/new/",
        "/sources/",
        "/sources/pos/",
        "/events/",
        "/events/problems/",
        "/imports/",
        "/imports/new/",
        "/runs/",
        "/runs/1/",
        "/operations/",
    ),
    "nora": ("/people/", "/people/new/", "/people/rosa/", "/boards/segmentation/edit/", "/me/", "/me/tokens/"),
    "martha": ("/", "/ledger/", "/ledger/hand-offs/", "{waiting}"),
}


def waiting_request(page: Page) -> str:
    """The address of the demonstration's request on the coupon planners."""
    (row,) = call(page, "GET", "/change-requests/?subject=coupon-planners&state=in_review")["results"]
    return f"/requests/{row['id']}/"


def faults_of(page: Page, path: str) -> list[str]:
    """What is wrong with one page for the person who opens it."""
    answer = page.goto(path)
    expect(page.locator(".loading:visible")).to_have_count(0)
    found = [] if answer and answer.status == 200 else [f"status {answer.status if answer else 'none'}"]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("scrolls sideways")
    if page.locator("h1").count() != 1:
        found.append("has not exactly one heading of the first level")
    return [f"{path}: {fault}" for fault in (*found, *axe_violations(page))]


@pytest.mark.slow
@pytest.mark.parametrize("username", PAGES)
def test_pages__of_each_role__answer_and_are_open_to_everybody(sign_in: SignIn, username: str) -> None:
    page = sign_in(username)
    request = waiting_request(page)
    faults: list[str] = []
    for width in SIZES:
        page.set_viewport_size({"width": width, "height": SIZES[width]})
        for path, scheme in zip(PAGES[username], cycle(SCHEMES[width]), strict=False):
            page.emulate_media(color_scheme=scheme)
            faults += [f"{width} {scheme} {fault}" for fault in faults_of(page, path.format(waiting=request))]
    assert faults == []


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.name || ''"))


def test_keyboard__alone__skips_to_the_content_and_opens_the_search(sign_in: SignIn) -> None:
    page = sign_in("grace")
    page.goto("/taxonomy/")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("/")
    expect(page.locator("#palette-q")).to_be_focused()
    page.keyboard.type("event")
    expect(page.locator("#palette-hits").get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Event")


def test_keyboard__in_the_tree__moves_opens_and_folds_with_arrows(sign_in: SignIn) -> None:
    page = sign_in("grace")
    page.goto("/taxonomy/")
    tree = page.get_by_role("tree").or_(page.locator(".tree").first).first
    tree.get_by_text("Card households", exact=True).first.focus()
    page.keyboard.press("ArrowDown")
    assert "Anchor households" in focused(page)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    assert "Coupon planners" in focused(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Anchor households Active")


def test_keyboard__on_a_request__reaches_the_vote_and_casts_it(sign_in: SignIn) -> None:
    page = sign_in("omar")
    page.goto(waiting_request(page))
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "verdict":
            break
    assert page.evaluate("document.activeElement.name") == "verdict"
    page.keyboard.press("Space")
    expect(page.get_by_label("Approve as sales")).to_be_checked()
    page.keyboard.press("Tab")
    assert focused(page) == "reason"
    page.keyboard.type("The stores agree.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your vote was taken.")).to_be_visible()
