"""A guard against growth without bound: how much of the processor a deed takes, apart from all else in the process."""

import gc
import time
from collections.abc import Callable


def takes_less_than(seconds: float, deed: Callable[[], object]) -> bool:
    """Whether the best of three tries stays below, in this thread alone.

    The garbage of thousands of tests before is not collected meanwhile: that took longer than the deed.
    """
    gc.disable()
    try:
        for _ in range(3):
            began = time.thread_time()
            deed()
            if time.thread_time() - began < seconds:
                return True
        return False
    finally:
        gc.enable()
