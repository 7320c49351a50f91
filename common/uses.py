"""Where something is used: what an upper app answers when a lower one asks."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Use:
    """One use: `kind` in a word, a title and where to look at it."""

    kind: str
    title: str
    url: str
