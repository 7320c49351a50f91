"""What people of the demonstration do beside the page under test: the same session, through the API."""

from typing import Any

from playwright.sync_api import Page


def call(page: Page, method: str, path: str, body: Any = None) -> Any:
    """Call the API as the person who is signed in on `page`."""
    token = page.locator('meta[name="csrf-token"]').get_attribute("content") or ""
    answer = page.request.fetch(
        f"/api/v1{path}", method=method, data=body if body is not None else {}, headers={"X-CSRFToken": token}
    )
    assert answer.ok, (answer.status, answer.text())
    return answer.json()


def proposed(page: Page, key: str, rule: str, **more: Any) -> int:
    """A change of a segment's rule, put before its board; the request's number."""
    request = {
        "kind": "change",
        "subject": {"type": "segment", "key": key},
        "proposed": {"rule": rule},
        "rationale": "It is time to look at the limit again.",
        "expected": "A list that is worth its calls.",
        **more,
    }
    made = call(page, "POST", "/change-requests/", request)
    call(page, "POST", f"/change-requests/{made['id']}/submit/")
    return int(made["id"])


def approved(page: Page, number: int) -> None:
    """An approval of what the request says now."""
    digest = call(page, "GET", f"/change-requests/{number}/")["digest"]
    call(page, "POST", f"/change-requests/{number}/votes/", {"verdict": "approve", "digest": digest})


def send_form(page: Page, path: str, fields: dict[str, str]) -> int:
    """Send a form that the page does not offer, as a browser would; the status of the page that comes."""
    with page.expect_navigation() as arrived:
        page.evaluate(
            """([path, fields]) => {
                const form = Object.assign(document.createElement("form"), {method: "post", action: path});
                fields.csrfmiddlewaretoken = document.querySelector('meta[name="csrf-token"]').content;
                for (const [name, value] of Object.entries(fields))
                    form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}));
                document.body.append(form);
                form.submit();
            }""",
            [path, fields],
        )
    return arrived.value.status if arrived.value else 0
