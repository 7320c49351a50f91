"""Calendar files (RFC 5545): escaped text, folded lines, CRLF."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Appointment:
    """One entry of a calendar file; without an end it takes a quarter of an hour."""

    key: str
    title: str
    starts_at: datetime
    ends_at: datetime | None = None
    place: str = ""
    url: str = ""
    stamp: datetime | None = None


def calendar_file(appointments: Iterable[Appointment], stamp: datetime) -> str:
    """The text of an .ics file with these appointments."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Segportal//Boards at work//EN", "CALSCALE:GREGORIAN"]
    for each in appointments:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_text(each.key)}@segportal",
            f"DTSTAMP:{_instant(each.stamp or stamp)}",
            f"DTSTART:{_instant(each.starts_at)}",
            f"DTEND:{_instant(each.ends_at or each.starts_at + timedelta(minutes=15))}",
            f"SUMMARY:{_text(each.title)}",
        ]
        lines += [f"LOCATION:{_text(each.place)}"] if each.place else []
        lines += [f"URL:{_one_line(each.url)}"] if each.url else []
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _one_line(text: str) -> str:
    return "".join(" " if ord(each) < 32 or ord(each) == 127 else each for each in text)


def _text(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return _one_line(plain.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n"))


def _folded(line: str) -> list[str]:
    """The line in pieces of at most 75 octets, each but the first begun with a space; no letter is cut in two."""
    pieces: list[str] = []
    piece, size = "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > 75:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + letter, size + width
    return [*pieces, piece]
