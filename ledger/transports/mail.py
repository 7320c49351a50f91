"""Heads by mail, to people who keep them apart from the portal."""

import smtplib

from django.conf import settings
from django.core.mail import send_mail

from ledger.errors import NotDelivered

_TEXT = """Keep this message. It lets you show later that no entry of the portal's ledger up to this one was changed:

{line}

How: save the line above to a file and run  manage.py verify_ledger --head FILE
"""


def send_by_mail(line: str) -> None:
    """Afterwards the mail server has taken the message for everybody on the list."""
    try:
        send_mail("Head of the ledger", _TEXT.format(line=line), None, settings.SEGPORTAL_HEADS_MAIL)
    except (OSError, smtplib.SMTPException) as error:
        raise NotDelivered(f"The mail server did not take it: {type(error).__name__}.") from error
