"""What applies where: segments against channels and against the stages of journeys, with the gaps."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from aims.choices import Channel
from aims.selectors.journeys import Moment, journeys_for, moments_of
from common.providers import providers
from taxonomy.selectors import tree_for

# Words by which people name a channel, whole or as the beginning of a word.
_WORDS: dict[str, str] = {
    Channel.STORE: "store|shop|counter|till|shelf|aisle|blackboard|branch",
    Channel.WEB: "web|site|online",
    Channel.APP: "app|push",
    Channel.EMAIL: "e-mail|email|newsletter",
    Channel.MAIL: "post|letter|leaflet|flyer|mailing|card by post|mail",
    Channel.PHONE: "phone|telephone|call",
    Channel.MESSAGE: "sms|text message|whatsapp|messenger",
    Channel.SOCIAL: "social|instagram|facebook",
    Channel.VISIT: "visit|delivery|in person|meeting",
    Channel.PARTNER: "partner|reseller",
    Channel.SERVICE: "service|help desk|support",
    Channel.AD: "ad|ads|advert|advertising|tv|radio|display",
}
_FOUND = {channel: re.compile(rf"\b(?:{words})", re.IGNORECASE) for channel, words in _WORDS.items()}
_WHOLE = {Channel.AD: re.compile(r"\b(?:ads?|advert\w*|tv|radio|display)\b", re.IGNORECASE)}
_NOT_MAIL = re.compile(r"e-?mail", re.IGNORECASE)


@dataclass(frozen=True)
class Guidance:
    """What a playbook says about one channel, in its own words."""

    channel: str
    text: str


@dataclass(frozen=True)
class Conduct:
    """What we do for a segment: the page that says it, what is said to whom, and how each channel is used."""

    segment_key: str
    title: str
    url: str
    messages: tuple[str, ...]
    guidance: tuple[Guidance, ...]


@dataclass(frozen=True)
class Item:
    """One thing that applies in a cell: playbook, message or moment."""

    kind: str
    title: str
    url: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Row:
    """A segment with the items of its cells by column."""

    key: str
    name: str
    tier: str
    depth: int
    cells: Mapping[str, list[Item]] = field(default_factory=dict)

    @property
    def gaps(self) -> int:
        """How many of its cells hold nothing."""
        return sum(1 for items in self.cells.values() if not items)


@dataclass(frozen=True)
class Matrix:
    """Segments by columns (key, label); `filled` of `total` cells hold something."""

    columns: list[tuple[str, str]]
    rows: list[Row]

    @property
    def total(self) -> int:
        """All cells."""
        return len(self.columns) * len(self.rows)

    @property
    def filled(self) -> int:
        """Cells in which something applies."""
        return self.total - sum(row.gaps for row in self.rows)

    def shaped(self) -> list[tuple[Row, list[tuple[str, list[Item]]]]]:
        """Each row with its cells in the order of the columns, each beside the label of its column."""
        return [(row, [(label, row.cells[key]) for key, label in self.columns]) for row in self.rows]


def channels_in(text: str) -> list[str]:
    """The channels that a text of a playbook speaks of, none when it names none that is known."""
    found = []
    for channel, pattern in _FOUND.items():
        said = _NOT_MAIL.sub(" ", text) if channel == Channel.MAIL else text
        if _WHOLE.get(Channel(channel), pattern).search(said):
            found.append(str(channel))
    return found


def by_channel(*, viewer: Any, branch: str = "") -> Matrix:
    """What applies to each segment in each channel that anybody uses: guidance of playbooks and moments of truth."""
    conduct = _conduct(viewer)
    found = _moments(viewer)
    used = {
        *(channel for each in conduct.values() for line in each.guidance for channel in channels_in(line.channel)),
        *(channel for moment in found for channel in moment.channels),
    }
    columns = [(value, label) for value, label in Channel.choices if value in used]
    rows = []
    for row in _segments(viewer, branch):
        cells: dict[str, list[Item]] = {key: [] for key, _ in columns}
        own = conduct.get(row.key)
        for line in own.guidance if own else ():
            for channel in channels_in(line.channel):
                cells[channel].append(Item("Playbook", line.channel, own.url if own else "", line.text))
        for moment in found:
            if row.key in moment.segments:
                for channel in moment.channels:
                    cells[channel].append(_moment_item(moment))
        rows.append(Row(row.key, row.name, row.tier, row.depth, cells))
    return Matrix(columns, rows)


def by_stage(*, viewer: Any, journey_key: str, branch: str = "") -> Matrix:
    """What applies to each segment in each stage of the journey: its moments, and for those the playbook's message."""
    versions = {version.journey.key: version for version in journeys_for(viewer=viewer)}
    version = versions.get(journey_key)
    if version is None:
        return Matrix([], [])
    conduct = _conduct(viewer)
    found = moments_of(version)
    columns = [(stage["key"], stage["name"]) for stage in version.content["stages"]]
    rows = []
    for row in _segments(viewer, branch):
        cells: dict[str, list[Item]] = {key: [] for key, _ in columns}
        for moment in found:
            if row.key in moment.segments:
                cells[moment.stage].append(_moment_item(moment))
        own = conduct.get(row.key)
        for key, items in cells.items():
            if items and own:
                cells[key] = [*items, *_said(own)]
        rows.append(Row(row.key, row.name, row.tier, row.depth, cells))
    return Matrix(columns, rows)


def _said(own: Conduct) -> list[Item]:
    """The playbook, and the first thing that it says."""
    return [Item("Playbook", own.title, own.url), *(Item("Message", text) for text in own.messages[:1])]


def _moment_item(moment: Moment) -> Item:
    address = f"{reverse('aims:journey', args=[moment.journey_key])}#{moment.key}"
    return Item("Moment", moment.name, address, moment.decides)


def _moments(viewer: Any) -> list[Moment]:
    return [moment for version in journeys_for(viewer=viewer) for moment in moments_of(version)]


def _conduct(viewer: Any) -> dict[str, Conduct]:
    return {each.segment_key: each for ask in providers("CONDUCT") for each in ask(viewer)}


def _segments(viewer: Any, branch: str) -> Sequence[Any]:
    """The segments in use, or those of one branch: the segment and all below it."""
    rows = tree_for(viewer)
    if not branch:
        return rows
    below, kept = {branch}, []
    for row in rows:
        if row.key in below or row.parent_key in below:
            below.add(row.key)
            kept.append(row)
    return kept
