"""Which tone and which shape a state's word has, so that the same word looks the same on every page."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True)
class Tone:
    """The look of one state: a tone (colour) and an icon (shape); with the word, it never relies on colour alone."""

    name: str
    icon: str


GOOD: Final = Tone("good", "check-circle")
WAIT: Final = Tone("wait", "circle-half")
WARN: Final = Tone("warn", "exclamation-triangle")
BAD: Final = Tone("bad", "x-circle")
QUIET: Final = Tone("quiet", "circle")
NOTE: Final = Tone("note", "info-circle")

BY_NAME: Final = MappingProxyType({tone.name: tone for tone in (GOOD, WAIT, WARN, BAD, QUIET, NOTE)})

_WORDS: Final[dict[Tone, str]] = {
    GOOD: "acknowledged active applied approve approved completed confirmed current delivered done enacted fresh "
    "healthy identical live on_track passed proved published ready succeeded valid",
    WAIT: "due in_review open pending planned proposed queued seen sent submitted waiting",
    Tone("wait", "arrow-repeat"): "running started in_progress",
    Tone("wait", "clock"): "scheduled",
    Tone("wait", "question-circle"): "undecided",
    Tone("wait", "hourglass-split"): "not_proved_yet",
    Tone("note", "compass"): "pilot",
    WARN: "at_risk changes_requested deprecated overdue partial quarantined request_changes warning",
    Tone("warn", "clock-history"): "stale expired",
    BAD: "broken dead different failed given_up reject rejected refused refuted invalid",
    QUIET: "abstain absent closed none nobody not_computed not_started unknown",
    Tone("note", "dash-circle"): "empty",
    Tone("quiet", "pencil"): "draft",
    Tone("quiet", "archive"): "archived retired",
    Tone("quiet", "layers"): "superseded",
    Tone("quiet", "slash-circle"): "cancelled inactive deactivated revoked void voided withdrawn",
}

TONES: Final = MappingProxyType({word: tone for tone, words in _WORDS.items() for word in words.split()})


def tone_of(word: str) -> Tone:
    """The tone of a state's word; quiet for a word that has none yet."""
    return TONES.get(word.strip().lower().replace(" ", "_").replace("-", "_"), QUIET)


def words_of(value: str) -> str:
    """A stored state as a reader's words: `in_review` becomes `In review`."""
    text = value.replace("_", " ").strip()
    return text[:1].upper() + text[1:]
