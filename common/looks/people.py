"""How a person is named on a page, whatever kind of actor stands behind the name."""

import zlib


def name_of(person: object) -> str:
    """The name that others know: display name, full name, username, or the thing's own words."""
    for attribute in ("display_name", "get_full_name", "name", "get_username"):
        value = getattr(person, attribute, None)
        text = value() if callable(value) else value
        if text:
            return str(text)
    return str(person)


def initials_of(name: str) -> str:
    """Up to two letters: of the first and the last word."""
    words = [word for word in name.replace("-", " ").split() if word[:1].isalnum()]
    if not words:
        return "?"
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()


def shade_of(name: str) -> int:
    """One of six quiet shades, the same for a name on every page."""
    return zlib.crc32(name.encode()) % 6
