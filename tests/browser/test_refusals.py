"""What the portal refuses, in the words that people read, and what they can do next."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import approved, call, proposed, send_form
from tests.flows.waiting import until

SignIn = Callable[..., Page]
VOTERS = ("grace", "omar", "ingrid")
FORM = "/requests/new/?type=segment&kind=change&key=fresh-kitchen"


def write_rule(page: Page, text: str) -> None:
    """Put a text in place of the rule, in the text view of the editor."""
    page.get_by_role("button", name="Text", exact=True).click()
    page.locator("[data-rule-content]").press("Control+a")
    page.keyboard.insert_text(text)
    expect(page.locator("#id_rule")).to_have_value(text)


def begun_anew(page: Page) -> None:
    """Open the form without what an earlier test left in the draft."""
    page.goto(FORM)
    expect(page.locator("#builder")).to_be_visible()
    if page.get_by_text("This is your draft as you left it").is_visible():
        page.get_by_label("More for the whole rule").click()
        page.get_by_role("button", name="Discard this draft").click()
        page.get_by_role("button", name="Discard it").click()
        expect(page.get_by_text("This is your draft as you left it")).to_have_count(0)
    expect(page.locator("#rule-look")).to_contain_text("customers")


def vote_box(page: Page) -> str:
    return page.locator(".vote-box").inner_text()


def open_request(page: Page, number: int, tab: str = "conversation") -> None:
    page.goto(f"/requests/{number}/?tab={tab}")


def digest_of(page: Page, number: int) -> str:
    return str(call(page, "GET", f"/change-requests/{number}/")["digest"])


def test_vote__on_ones_own_request__is_refused_before_and_after_the_click(sign_in: SignIn) -> None:
    author = sign_in("helen")
    number = proposed(author, "steady-households", "trips_90d >= 7 AND (trips_90d < 13 OR spend_365d < 3000)")
    open_request(author, number)
    why = "You wrote this request, so you cannot vote on it. Another member of Customer segmentation board can."
    assert why in vote_box(author)
    expect(author.locator("input[name=verdict]")).to_have_count(0)
    forced = {"verdict": "approve", "reason": "", "digest": digest_of(author, number)}
    assert send_form(author, f"/requests/{number}/vote/", forced) == 403
    expect(author.locator(".vote-box")).to_contain_text(why)
    open_request(author, number)
    expect(author.locator(".timeline")).to_contain_text("was refused to vote on it")


def test_vote__by_another_board__is_refused_and_says_who_decides(sign_in: SignIn) -> None:
    number = proposed(sign_in("mei"), "infant-households", "baby_spend_365d >= 90")
    stranger = sign_in("omar")
    open_request(stranger, number)
    why = "You hold no seat in Privacy and data board, which decides here. Its members can vote."
    assert why in vote_box(stranger)
    forced = {"verdict": "approve", "reason": "", "digest": digest_of(stranger, number)}
    assert send_form(stranger, f"/requests/{number}/vote/", forced) == 403
    expect(stranger.locator(".vote-box")).to_contain_text(why)


def test_vote__twice__the_second_is_refused(sign_in: SignIn) -> None:
    number = proposed(sign_in("helen"), "event-hosts", "event_food_spend_365d >= 45 OR largest_basket >= 300")
    voter = sign_in("grace")
    open_request(voter, number)
    voter.get_by_label("Approve as marketing").check()
    voter.get_by_role("button", name="Cast vote").click()
    expect(voter.get_by_text("Your vote was taken.")).to_be_visible()
    assert "You voted" in vote_box(voter)
    forced = {"verdict": "reject", "reason": "I changed my mind.", "digest": digest_of(voter, number)}
    assert send_form(voter, f"/requests/{number}/vote/", forced) == 409
    assert "You voted" in vote_box(voter)
    expect(voter.locator(".approvals").get_by_text("Approve", exact=True)).to_have_count(1)


def test_edit__after_the_approval__voids_the_votes_and_shows_it(sign_in: SignIn) -> None:
    author = sign_in("helen")
    later = {"effective_at": "2031-01-01T09:00:00Z"}
    number = proposed(author, "new-households", "first_purchase_on >= DATE '2017-05-01'", **later)
    for username in VOTERS:
        approved(sign_in(username), number)
    open_request(author, number)
    expect(author.get_by_text("Approved; takes effect")).to_be_visible()
    author.get_by_role("link", name="Edit").click()
    expect(author.get_by_text("any change voids the votes that were cast")).to_be_visible()
    write_rule(author, "first_purchase_on >= DATE '2017-06-01'")
    author.get_by_role("button", name="Save and put before the board again").click()
    expect(author.get_by_label("What is missing to decide")).to_contain_text("1 approval from marketing")
    expect(author.locator(".page-head__title")).to_contain_text("In review")
    expect(author.get_by_text("void", exact=False).first).to_be_visible()


def test_vote__on_an_older_copy__shows_what_changed_and_keeps_the_words(sign_in: SignIn) -> None:
    author, voter = sign_in("helen"), sign_in("omar")
    number = proposed(author, "fresh-kitchen", "fresh_share >= 0.36 AND spend_365d >= 1000")
    open_request(voter, number)
    changes = {"proposed": {"rule": "fresh_share >= 0.37 AND spend_365d >= 1000"}}
    call(author, "PATCH", f"/change-requests/{number}/", changes)
    voter.get_by_label("Approve as sales").check()
    voter.get_by_label("Reason").fill("The counters agree.")
    voter.get_by_role("button", name="Cast vote").click()
    expect(voter.get_by_role("alert").first).to_contain_text("The request changed since you opened it.")
    expect(voter.get_by_role("alert").first).to_contain_text("Changed: rule.")
    expect(voter.get_by_label("Reason")).to_have_value("The counters agree.")
    voter.get_by_role("button", name="Cast vote").click()
    expect(voter.get_by_text("Your vote was taken.")).to_be_visible()


def test_request__whose_base_moved__is_stale_and_can_be_brought_up_to_date(sign_in: SignIn) -> None:
    author, other = sign_in("helen"), sign_in("tomas")
    first = proposed(author, "own-label-regulars", "private_label_share >= 0.31 AND spend_365d >= 500")
    second = proposed(other, "own-label-regulars", "private_label_share >= 0.3 AND spend_365d >= 600")
    open_request(author, first)
    expect(author.get_by_text("Another open request is about this too")).to_be_visible()
    for username in VOTERS:
        approved(sign_in(username), second)
    until(lambda: call(author, "GET", f"/change-requests/{first}/")["state"] == "stale", "the first request is stale")
    open_request(author, first)
    stale = author.get_by_role("region", name="Stale: version 2 of own-label-regulars is live now")
    expect(stale).to_contain_text("It can no longer be approved as it stands.")
    stale.get_by_label("Take proposed").check()
    stale.get_by_role("button", name="Bring it up to date").click()
    expect(author.get_by_text("Brought up to date. Look it over and submit it again.")).to_be_visible()
    author.get_by_role("button", name="Submit to Customer segmentation board").click()
    expect(author.get_by_text("revision 2, against version 2")).to_be_visible()


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ("fresh_share >= 0.35 AND\nspnd_365d >= 1000", "spnd_365d"),
        ("spend_365d >= 'a lot'", "number"),
        ("fresh_share >= 0.35\nAND AND spend_365d > 5", ""),
    ],
    ids=["unknown_attribute", "wrong_type", "broken_text"],
)
def test_rule__that_cannot_be_read__is_shown_with_its_place(sign_in: SignIn, rule: str, complaint: str) -> None:
    author = sign_in("helen")
    begun_anew(author)
    field, look = author.locator("#id_rule"), author.locator("#rule-look")
    write_rule(author, rule)
    line = 1 + rule.count("\n")
    expect(look).to_contain_text(f"Line {line}, column")
    expect(look).to_contain_text(complaint)
    author.get_by_label("Why", exact=True).fill("To see what happens.")
    author.get_by_role("button", name="Submit for review").click()
    expect(author.locator("#toasts")).to_contain_text("The rule is not finished")
    expect(author.locator("#toasts")).to_contain_text(complaint)
    expect(field).to_have_value(rule)
    expect(author.get_by_label("Why", exact=True)).to_have_value("To see what happens.")


def test_import__with_malformed_rows__names_each_row_and_takes_the_others(sign_in: SignIn) -> None:
    steward = sign_in("tomas")
    rows = ["external_id,trips_90d,spend_365d", "qa-1,3,120.5", "qa-2,three,80", ",4,90", "qa-4,5,1e999", "qa-5,2,60"]
    steward.goto("/imports/new/")
    steward.get_by_label("Source").select_option("pos")
    file = {"name": "visits.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    steward.locator("input[type=file]").set_input_files(file)
    steward.get_by_role("button", name="Upload and look").click()
    figures = steward.locator("dl.figures").first
    expect(figures).to_contain_text("Rows for quarantine3")
    expect(steward.locator("#problems ~ ul")).to_contain_text("first on line 3")
    steward.get_by_role("button", name="Import the customers").click()
    table = steward.locator("#quarantine").locator("xpath=../..").locator("tbody tr")
    expect(table).to_have_count(3, timeout=60_000)
    assert [row.split()[0] for row in table.all_inner_texts()] == ["3", "4", "5"]
    expect(table.first).to_contain_text("three")
    steward.goto("/customers/qa-5/")
    expect(steward.get_by_role("heading", level=1)).to_have_text("qa-5")


def test_import__of_a_file_that_is_too_large__is_refused_in_words(sign_in: SignIn) -> None:
    steward = sign_in("tomas")
    steward.goto("/imports/new/")
    steward.get_by_label("Source").select_option("pos")
    content = b"external_id,trips_90d\n" + b"household,1\n" * 200_000
    steward.locator("input[type=file]").set_input_files(
        {"name": "large.csv", "mimeType": "text/csv", "buffer": content}
    )
    steward.get_by_role("button", name="Upload and look").click()
    expect(steward.locator("[data-error-summary]")).to_contain_text("The file is larger than 1 MB.")


def test_region__after_the_session_ended__says_so_and_nothing_typed_is_lost(sign_in: SignIn) -> None:
    author = sign_in("helen")
    begun_anew(author)
    author.get_by_label("Why", exact=True).fill("The words that must not be lost.")
    author.wait_for_timeout(600)  # drafts are kept a moment after the last key
    write_rule(author, "fresh_share >= 0.4 AND spend_365d >= 1000")
    kept = author.context.cookies()
    author.context.clear_cookies()
    author.keyboard.insert_text(" AND trips_90d >= 2")
    news = author.locator("#toasts")
    expect(news).to_contain_text("You have been signed out. What you typed is still here.")
    expect(author.get_by_label("Why", exact=True)).to_have_value("The words that must not be lost.")
    expect(author.locator("#rule-look input[type=password]")).to_have_count(0)
    author.context.add_cookies(kept)
    author.goto(FORM)
    expect(author.get_by_text("It is back in the form.")).to_be_visible()
    expect(author.get_by_label("Why", exact=True)).to_have_value("The words that must not be lost.")
    author.get_by_role("button", name="Discard it").click()


def test_comment__with_hostile_text__is_shown_as_text(sign_in: SignIn) -> None:
    author = sign_in("helen", viewport={"width": 390, "height": 844})
    number = proposed(
        author,
        "mailed-unmoved",
        "campaigns_received >= 4 AND campaigns_redeemed = 0",
        title="<b>Bold</b> " + "Donaudampf" * 10,
    )
    open_request(author, number)
    script = "<script>alert(1)</script><img src=x onerror=alert(2)> [click](javascript:alert(3)) " + "W" * 300
    author.get_by_label("Comment", exact=True).fill(script)
    author.get_by_role("button", name="Comment").click()
    expect(author.locator(".timeline")).to_contain_text("<script>alert(1)</script>")
    expect(author.locator(".timeline img, .timeline a[href^=javascript]")).to_have_count(0)
    expect(author.get_by_role("heading", level=1)).to_contain_text("<b>Bold</b>")
    assert author.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    author.get_by_label("Comment", exact=True).fill("harmless \u202egnp.exe")
    author.get_by_role("button", name="Comment").click()
    expect(author.locator("#toasts")).to_contain_text("invisible")
    expect(author.get_by_label("Comment", exact=True)).to_have_value("harmless \u202egnp.exe")


def test_button__pressed_twice__does_its_deed_once(sign_in: SignIn) -> None:
    author = sign_in("helen")
    number = proposed(author, "occasional-households", "trips_90d BETWEEN 2 AND 5 AND days_since_last_purchase < 45")
    open_request(author, number)
    author.get_by_label("Comment", exact=True).fill("Said once.")
    author.get_by_role("button", name="Comment").dblclick()
    expect(author.locator(".timeline").get_by_text("Said once.")).to_have_count(1)
    author.reload()
    expect(author.locator(".timeline").get_by_text("Said once.")).to_have_count(1)
