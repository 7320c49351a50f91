"""Reading freezes; other apps import from here."""

from safeguards.selectors.freezes import (
    freeze_for,
    freeze_of,
    freezes_for,
    frozen_here,
    frozen_keys,
    frozen_words,
)
from safeguards.selectors.panels import home_panels
from safeguards.selectors.targets import Target, target_of, watchers_of

__all__ = [
    "Target",
    "freeze_for",
    "freeze_of",
    "freezes_for",
    "frozen_here",
    "frozen_keys",
    "frozen_words",
    "home_panels",
    "target_of",
    "watchers_of",
]
