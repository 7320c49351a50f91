"""Mails: plain text, one line for each thing, links into the portal."""

from collections.abc import Sequence

from django.core.mail import EmailMessage

from notifications.content import one_line
from notifications.models import Notification
from notifications.transports.bodies import full_url, spoken


def mail_for(address: str, told: Sequence[Notification]) -> EmailMessage:
    """One mail about all that somebody is to be told now; urgent things first."""
    rows = sorted(told, key=lambda each: (not each.is_urgent, each.pk))
    subject = spoken(rows[0].kind, rows[0].title)
    if len(rows) > 1:
        subject = f"{len(rows)} things on Segportal, first: {subject}"
    if rows[0].is_urgent:
        subject = f"Urgent. {subject}"
    lines: list[str] = []
    for each in rows:
        lines += [spoken(each.kind, each.title), full_url(each.url), ""]
    lines += ["What you are told by mail, and when, you choose here:", full_url("/notifications/preferences/")]
    return EmailMessage(
        subject=one_line(subject, 240),
        body="\n".join(lines),
        to=[address],
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )
