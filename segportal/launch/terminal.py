"""The calm, aligned lines that `up` prints."""

import sys
import time
from typing import TextIO

LABEL_WIDTH = 15


class Terminal:
    """Prints what happens, with the seconds it took; a terminal that has gone away is no reason to stop."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self.begun = time.monotonic()

    def line(self, text: str = "") -> None:
        try:
            self._out.write(f"{text}\n")
            self._out.flush()
        except (OSError, ValueError):
            pass

    def item(self, label: str, text: str) -> None:
        """One thing that happened: `  Web            answers after 1.2 s`."""
        self.line(f"  {label:<{LABEL_WIDTH}}{text}")

    def detail(self, text: str) -> None:
        """A further line under the last item."""
        self.line(f"  {'':<{LABEL_WIDTH}}{text}")

    def problem(self, text: str) -> None:
        """Something failed: set apart, so that it is not overlooked."""
        self.line()
        for line in text.splitlines():
            self.line(f"  ! {line}")
        self.line()

    def service(self, text: str) -> None:
        """A line of the embedded services, which begins with the name of the service."""
        label, _, rest = text.partition(" ")
        self.item(label, rest)

    def seconds(self) -> float:
        return time.monotonic() - self.begun
