"""What an app contributes to the search."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class SearchHit:
    """One result: `kind` in a word (Segment, Customer, Request ...), higher `score` first."""

    kind: str
    title: str
    detail: str
    url: str
    score: float = 0.0
