"""Waits for what happens in the background, with a limit."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection


def until(condition: Callable[[], Any], what: str, seconds: float = 30.0) -> Any:
    """The first truthy answer of `condition`; fails with `what` after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        connection.close()
        time.sleep(0.1)
    raise AssertionError(f"Waited {seconds} s in vain: {what}")
