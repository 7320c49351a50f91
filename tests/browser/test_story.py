"""The main job as five kinds of people live it: proposed, approved, recomputed, read, learned."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

SEGMENT = "anchor-households"
OLD_RULE = "trips_90d >= 13 AND spend_365d >= 3000"
NEW_RULE = "trips_90d >= 12 AND spend_365d >= 3000"
VOTERS = (("grace", "marketing"), ("omar", "sales"), ("ingrid", "product"))
SignIn = Callable[..., Page]

pytestmark = pytest.mark.slow


def number_in(text: str) -> int:
    """The first number of a text as people write it: 2,469."""
    found = re.search(r"\d[\d,]*", text)
    assert found is not None, text
    return int(found.group().replace(",", ""))


def members_shown(page: Page) -> int:
    figure = page.locator("#segment-size .figures > div", has_text="Members, exact").locator("dd")
    return number_in(figure.inner_text())


def propose(page: Page) -> tuple[str, int, int]:
    """Write and submit the change; the request's address, the size before, and the count seen while typing."""
    page.goto(f"/segments/{SEGMENT}/")
    before = members_shown(page)
    page.get_by_role("link", name="Propose a change").click()
    expect(page.locator("#who-decides")).to_contain_text("Customer segmentation board will decide")
    rule, look = page.locator("[data-rule-content]"), page.locator("#rule-look")
    expect(page.locator("#id_rule")).to_have_value(OLD_RULE)
    expect(look).to_contain_text(f"{before:,}")
    page.get_by_role("button", name="Text", exact=True).click()
    expect(rule).to_have_text(OLD_RULE)
    rule.press("Control+a")
    page.keyboard.insert_text(NEW_RULE)
    expect(look).to_contain_text("is at least 12")
    counted = number_in(look.locator("strong", has_text="customers").inner_text())
    assert counted > before
    page.get_by_label("Why", exact=True).fill("Twelve trips in ninety days are still **one a week** with a week off.")
    page.get_by_label("What you expect").fill("A caller for the households that were away for one week.")
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_text("Submitted to Customer segmentation board.")).to_be_visible()
    return page.url, before, counted


def decide(page: Page, request_url: str, function: str, entering: int) -> None:
    """Look at what would change and whom it moves, then approve."""
    page.goto("/")
    page.goto(request_url)
    page.get_by_role("link", name="Changes").click()
    expect(page.locator(".change ins").first).to_contain_text("12")
    expect(page.locator(".change", has_text="Minimum trips")).to_contain_text("12")
    page.get_by_role("link", name="Impact").click()
    expect(page.locator("#impact ~ *").filter(has_text=f"{entering:,}").first).to_be_visible()
    page.get_by_label(f"Approve as {function}").check()
    page.get_by_label("Reason").fill("A week off is no farewell.")
    page.get_by_role("button", name="Cast vote").click()
    expect(page.get_by_text("Your vote was taken.")).to_be_visible()


def wait_for_size(page: Page, size: int) -> None:
    """The page itself follows the run until the new size stands."""
    page.goto(f"/segments/{SEGMENT}/")
    expect(page.locator("#segment-size .figures")).to_contain_text("version 2", timeout=60_000)
    assert members_shown(page) == size
    expect(page.get_by_text("Version 2, in force since")).to_be_visible()


def look_up(page: Page, customer: str) -> None:
    """A rep finds one who entered: the segment, why, the play, and that the play is older than the rule."""
    page.keyboard.press("/")
    page.keyboard.type(customer)
    expect(page.get_by_role("option", name=customer)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(customer)
    row = page.locator("#customer-segments > ul > li", has_text="Anchor households")
    expect(row).to_contain_text("version 2")
    row.get_by_text("Why").click()
    expect(row).to_contain_text("Trips in 90 days")
    expect(page.locator(".play")).to_be_visible()
    page.goto(f"/playbooks/{SEGMENT}/")
    expect(page.get_by_role("note")).to_contain_text("written for version 1 of the rule; version 2 is in force")
    expect(page.locator("#objections")).to_be_visible()
    page.get_by_role("button", name="I have read it").click()
    expect(page.get_by_text("have read it", exact=True)).to_be_visible()


def answer_choice(page: Page, words: str) -> None:
    page.get_by_label(re.compile(re.escape(words))).check()
    page.get_by_role("button", name="Answer").click()


def begin_to_learn(page: Page) -> None:
    """A newcomer reads, answers wrongly, learns from the feedback, and leaves in the middle."""
    page.goto(f"/training/{SEGMENT}/")
    expect(page.get_by_role("note")).to_contain_text("The rule has changed since this was written.")
    page.goto("/")
    page.get_by_role("link", name="Begin Who is an anchor household?").click()
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_text("Step 1 of 7").first).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    answer_choice(page, "Because spend is a private matter")
    expect(page.locator("#feedback")).to_contain_text("Not quite")
    expect(page.locator("#feedback")).to_contain_text("one number is the habit, the other the weight")
    page.get_by_text("Answer again").click()
    answer_choice(page, "Because spend alone would let in")
    expect(page.locator("#feedback")).to_contain_text("Right")
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A first household")
    page.get_by_role("link", name="Save and leave").click()


def finish_learning(page: Page) -> None:
    """Back at the same step, on another machine, to the end."""
    page.get_by_role("link", name="Go on with Who is an anchor household?").click()
    expect(page.get_by_text("Step 3 of 7").first).to_be_visible()
    page.get_by_role("button", name="In the segment", exact=True).click()
    expect(page.locator("#feedback")).to_contain_text("Right")
    page.get_by_role("link", name="Go on").click()
    page.get_by_role("button", name="Not in the segment").click()
    expect(page.locator("#feedback")).to_contain_text("Right")
    expect(page.locator("#feedback")).to_contain_text("12")
    page.get_by_role("link", name="Go on").click()
    for words in ("We only see receipts with the card", "You shop with us regularly"):
        answer_choice(page, words)
        page.get_by_role("link", name="Go on").click()
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Completed")
    expect(page.get_by_text("4 of 5 answers were right at the first try.")).to_be_visible()


def read_the_thread(page: Page, request_url: str) -> None:
    """The ledger tells the request's story and what the last vote set off, each with its effects done."""
    page.goto(request_url)
    page.get_by_role("link", name="In the ledger").click()
    story = page.locator(".timeline")
    for words in (
        "helen submitted revision 1",
        "grace voted approve for marketing",
        "omar voted approve for sales",
        "ingrid enacted version 2 of anchor-households",
        "asked for a look at the playbook",
        "asked for a look at the brief",
        "recomputed anchor-households",
        "finished run",
        "Memberships followed",
    ):
        expect(story).to_contain_text(words)


def test_story__five_people__from_proposal_to_completed_walkthrough(sign_in: SignIn) -> None:
    owner = sign_in("helen")
    request_url, before, counted = propose(owner)
    owner.get_by_role("link", name="Impact").click()
    newcomer = owner.locator("section", has=owner.get_by_role("heading", name="Would enter")).last.locator("code").first
    customer = newcomer.inner_text()
    for username, function in VOTERS:
        voter = sign_in(username)
        decide(voter, request_url, function, counted - before)
    expect(voter.get_by_text("In effect", exact=True)).to_be_visible()
    wait_for_size(owner, counted)
    look_up(sign_in("rosa"), customer)
    begin_to_learn(sign_in("eli"))
    finish_learning(sign_in("eli"))
    read_the_thread(owner, request_url)
