"""What an app hears that somebody should answer for."""

import dataclasses
from datetime import datetime


@dataclasses.dataclass(frozen=True)
class Alarm:
    """One thing that looks wrong. `key` names this very alarm for ever: heard again it is the same one, and what
    happens anew has a key of its own. `segment_key` is empty where no single segment is meant."""

    key: str
    kind: str
    title: str
    url: str
    since: datetime
    advice: str = ""
    segment_key: str = ""
