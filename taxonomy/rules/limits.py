"""The sizes beyond which a rule is refused at once, whichever door it comes in by."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a rule may be; every figure is the largest that is still accepted."""

    text_bytes: int = 64 * 1024
    depth: int = 50
    nodes: int = 1_000
    list_items: int = 10_000
    pattern_characters: int = 1_000
    number_characters: int = 64
    days_back: int = 36_600


LIMITS = Limits()
