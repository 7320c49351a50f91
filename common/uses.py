"""Where something is used: what an upper app answers when a lower one asks."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Use:
    """One use: `kind` in a word, a title and where to look at it."""

    kind: str
    title: str
    url: str


@dataclasses.dataclass(frozen=True)
class TextInForce:
    """A text that people go by: what it is, its title and page, what it says. `about` is the word it defines."""

    kind: str
    title: str
    url: str
    text: str
    about: str = ""
