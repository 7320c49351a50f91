"""What beat asks of notifications: send what is due."""

from celery import shared_task

from notifications.services.mailing import send_due_mails
from notifications.services.posting import send_due_posts


@shared_task(name="notifications.send_mails")
def send_mails() -> None:
    """Sends the mails that are due."""
    send_due_mails()


@shared_task(name="notifications.send_posts")
def send_posts() -> None:
    """Posts what rooms of Slack and Teams are owed."""
    send_due_posts()
