"""A person's own program against a running portal: signs in as the browser does, then calls the API."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from typing import Any

from tests.browser.portal import Portal


class Remote:
    """One person, signed in over HTTP."""

    def __init__(self, portal: Portal, username: str) -> None:
        self.portal, self.cookies = portal, CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        with self.opener.open(f"{portal.url}/accounts/login/", timeout=30) as page:
            found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
        assert found is not None
        form = {"login": username, "password": portal.password(), "csrfmiddlewaretoken": found.group(1)}
        with self.opener.open(
            f"{portal.url}/accounts/login/", urllib.parse.urlencode(form).encode(), timeout=30
        ) as page:
            assert not page.url.endswith("/accounts/login/"), f"{username} could not sign in"

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and answer."""
        token = next(cookie.value or "" for cookie in self.cookies if "csrftoken" in cookie.name)
        request = urllib.request.Request(  # noqa: S310  (our own address)
            f"{self.portal.url}/api/v1{path}",
            data=None if method == "GET" else json.dumps(body or {}).encode(),
            headers={"Content-Type": "application/json", "X-CSRFToken": token},
            method=method,
        )
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read() or b"null")

    def get(self, path: str) -> Any:
        status, answer = self.ask("GET", path)
        assert status == 200, answer
        return answer

    def post(self, path: str, body: Any = None) -> Any:
        status, answer = self.ask("POST", path, body)
        assert status < 300, answer
        return answer

    def propose(self, key: str, rule: str) -> int:
        """A change of a segment's rule, put before its board; the request's number."""
        made = self.post(
            "/change-requests/",
            {
                "kind": "change",
                "subject": {"type": "segment", "key": key},
                "proposed": {"rule": rule},
                "rationale": "It is time to look at the limit again.",
                "expected": "A list that is worth its calls.",
            },
        )
        self.post(f"/change-requests/{made['id']}/submit/")
        return int(made["id"])

    def approve(self, number: int) -> tuple[int, Any]:
        """An approval of what the request says now; status and answer."""
        digest = self.get(f"/change-requests/{number}/")["digest"]
        return self.ask("POST", f"/change-requests/{number}/votes/", {"verdict": "approve", "digest": digest})

    def members(self, key: str) -> list[str]:
        """All members of a segment."""
        found: list[str] = []
        path = f"/segments/{key}/members/?limit=500"
        while path:
            page = self.get(path)
            found += page["results"]
            following = page.get("next")
            path = f"/{following.split('/api/v1/')[1]}" if following else ""
        return found
