"""What is said outside, as plain text in each program's own form: nobody's words are read as markup or mentions."""

from typing import Any

from django.conf import settings

from notifications.choices import Kind, Platform
from notifications.content import one_line, without_personal_data


def full_url(path: str) -> str:
    """The address of a page of the portal as it is reached from outside."""
    is_ours = path.startswith("/") and not path.startswith("//")
    return str(settings.SEGPORTAL_URL).rstrip("/") + (path if is_ours else "/")


def spoken(kind: str, title: str) -> str:
    """The one line that leaves the portal."""
    label = Kind(kind).label if kind in Kind.values else "Segportal"
    return one_line(f"{label}: {without_personal_data(title)}", 230)


def room_body(platform: str, kind: str, title: str, path: str) -> dict[str, Any]:
    """The message for a room of that platform."""
    words, url = spoken(kind, title), full_url(path)
    return _teams(words, url) if platform == Platform.TEAMS else _slack(words, url)


def _slack(words: str, url: str) -> dict[str, Any]:
    safe = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    button = {"type": "button", "text": {"type": "plain_text", "text": "Open in Segportal"}, "url": url}
    return {
        "text": safe,
        "unfurl_links": False,
        "blocks": [
            {"type": "section", "text": {"type": "plain_text", "text": words, "emoji": False}},
            {"type": "actions", "elements": [button]},
        ],
    }


def _teams(words: str, url: str) -> dict[str, Any]:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": words}]}],
        "actions": [{"type": "Action.OpenUrl", "title": "Open in Segportal", "url": url}],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}
