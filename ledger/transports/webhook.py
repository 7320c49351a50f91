"""Heads to an address that the operator of the portal has set."""

import urllib3
from django.conf import settings

from ledger.errors import NotDelivered

_LONGEST = urllib3.Timeout(connect=5, read=10)


def post_to_address(line: str) -> None:
    """Afterwards the receiver has answered with 2xx. Redirects are not followed, its answer is not read."""
    try:
        answer = urllib3.request(
            "POST",
            settings.SEGPORTAL_HEADS_URL,
            body=line.encode(),
            headers={"Content-Type": "application/json"},
            timeout=_LONGEST,
            retries=False,
            redirect=False,
            preload_content=False,
        )
        answer.release_conn()
    except urllib3.exceptions.HTTPError as error:
        raise NotDelivered(f"The receiver did not answer: {type(error).__name__}.") from error
    if not 200 <= answer.status < 300:
        raise NotDelivered(f"The receiver answered {answer.status}.")
