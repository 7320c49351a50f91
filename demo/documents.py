"""The demonstration company's documents, read from TOML into the shapes that the portal's services take."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

FOLDER: Final = Path(__file__).parent / "company"

Content = dict[str, Any]

PLAYBOOK_SECTIONS: Final = (
    "why",
    "values",
    "value_proposition",
    "messages",
    "channels",
    "pricing",
    "objections",
    "decision_makers",
    "triggers",
    "next_steps",
    "dos",
    "donts",
)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What a person proposes: the subject, its content, and the reasons given. Texts only, nothing computed."""

    kind: str
    subject_type: str
    key: str
    title: str
    author: str
    content: Content
    rationale: str
    expected: str
    size: int | None = None
    statement: Content = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Ballot:
    """One vote: who, how, and the reason in their words."""

    username: str
    verdict: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Pace:
    """When a story went its way, in days before the load: written first, in force last."""

    begun: float
    ended: float = 0.0

    def back(self, part: float) -> timedelta:
        """How far back the story stood when that part of its way (0 to 1) lay behind it."""
        return timedelta(days=self.begun - (self.begun - self.ended) * part)


@dataclass(frozen=True, kw_only=True)
class Story:
    """A change request with its life: an earlier draft that was sent back, comments, votes, and when all that was."""

    proposal: Proposal
    first_content: Content | None = None
    first_round: tuple[Ballot, ...] = ()
    comments: tuple[tuple[str, str], ...] = ()
    votes: tuple[Ballot, ...] = ()
    pace: Pace = field(default_factory=lambda: Pace(begun=0.0))


@dataclass(frozen=True, kw_only=True)
class FoundingVoter:
    """Somebody who votes for all founding requests of a board; the reasons are taken in turn."""

    board: str
    username: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Company:
    """Everything in the documents, in the order in which it is to be loaded."""

    name: str
    about: str
    data_note: str
    sources: tuple[Content, ...]
    people: tuple[Content, ...]
    boards: tuple[Content, ...]
    objectives: tuple[Content, ...]
    attributes: tuple[Content, ...]
    segments: tuple[Proposal, ...]
    playbooks: tuple[Proposal, ...]
    briefs: tuple[Proposal, ...]
    founding_voters: tuple[FoundingVoter, ...]
    decided: tuple[Story, ...]
    waiting: tuple[Story, ...]
    segment_names: Mapping[str, str] = field(default_factory=dict)


@cache
def company() -> Company:
    """All documents of the company, read once."""
    base, history = _read("company.toml"), _read("history.toml")
    segments = tuple(_segment(entry) for entry in _read("taxonomy.toml")["segments"])
    names = {segment.key: cast(str, segment.content["name"]) for segment in segments}
    latest = {segment.key: segment.content for segment in segments}
    decided = tuple(_story(entry, latest) for entry in history["decided"])
    return Company(
        **base["company"],
        sources=tuple(base["sources"]),
        people=tuple(base["people"]),
        boards=tuple(base["boards"]),
        objectives=tuple(base["objectives"]),
        attributes=tuple(_attribute(entry) for entry in _read("attributes.toml")["attributes"]),
        segments=segments,
        playbooks=_texts("playbook", names),
        briefs=_texts("brief", names),
        founding_voters=tuple(
            FoundingVoter(board=vote["board"], username=vote["username"], reasons=tuple(vote["reasons"]))
            for vote in history["founding"]["votes"]
        ),
        decided=decided,
        waiting=tuple(_story(entry, latest) for entry in history["waiting"]),
        segment_names=names,
    )


def live_rules() -> dict[str, str]:
    """Segment key -> the rule that stands after the decided changes, without its parents' rules."""
    documents = company()
    rules = {segment.key: cast(str, segment.content["rule"]) for segment in documents.segments}
    return rules | {story.proposal.key: cast(str, story.proposal.content["rule"]) for story in documents.decided}


def measured_sizes() -> dict[str, int]:
    """Segment key -> households counted for the whole rule that stands after the decided changes."""
    documents = company()
    proposals = [*documents.segments, *(story.proposal for story in documents.decided)]
    sizes = {proposal.key: proposal.size for proposal in proposals if proposal.size is not None}
    return sizes | cast(dict[str, int], _read("history.toml")["sizes_after"])


def _read(name: str) -> Content:
    return tomllib.loads((FOLDER / name).read_text("utf-8"))


def _attribute(entry: Content) -> Content:
    return {"choices": [], "grain": "account"} | entry


def _segment(entry: Content) -> Proposal:
    named = ("tier", "name", "meaning", "rule", "objective", "owners")
    return Proposal(
        kind="create",
        subject_type="segment",
        key=entry["key"],
        title=f"New segment: {entry['name']}",
        author=entry["author"],
        content={
            "parent": entry.get("parent"),
            "axioms": entry.get("axioms", {}),
            "thresholds": entry.get("thresholds", []),
        }
        | {part: entry[part] for part in named},
        rationale=entry["rationale"],
        expected=entry["expected"],
        size=entry["size"],
    )


def _story(entry: Content, latest: dict[str, Content]) -> Story:
    key = entry["subject_key"]
    before = latest.get(key, {})
    first = entry.get("first_proposal")
    proposal = Proposal(
        kind=entry.get("kind", "change"),
        subject_type="segment",
        key=key,
        title=entry["title"],
        author=entry["author"],
        content=before | entry["proposal"],
        rationale=entry["texts"]["rationale"],
        expected=entry["texts"]["expected"],
        size=entry["size_after"],
    )
    return Story(
        proposal=proposal,
        first_content=None if first is None else before | first,
        first_round=tuple(Ballot(**ballot) for ballot in entry.get("first_round", ())),
        comments=tuple((comment["username"], comment["text"]) for comment in entry.get("comments", ())),
        votes=tuple(Ballot(**ballot) for ballot in entry.get("votes", ())),
        pace=Pace(**entry.get("pace", {"begun": 0.0})),
    )


def _texts(kind: str, names: Mapping[str, str]) -> tuple[Proposal, ...]:
    """The playbooks or briefs, in the order of the segments that they belong to."""
    folder = FOLDER / f"{kind}s"
    shape = _playbook_content if kind == "playbook" else _brief_content
    found = {path.stem: _read(f"{kind}s/{path.name}") for path in folder.glob("*.toml")}
    return tuple(
        Proposal(
            kind="create",
            subject_type=kind,
            key=key,
            title=f"{kind.capitalize()} for {name}",
            author=found[key]["author"],
            content=shape(found[key]),
            rationale=found[key]["rationale"],
            expected=found[key]["expected"],
        )
        for key, name in names.items()
        if key in found
    )


def _playbook_content(entry: Content) -> Content:
    return {section: _trimmed(entry[section]) for section in PLAYBOOK_SECTIONS}


def _brief_content(entry: Content) -> Content:
    texts = {part: _trimmed(entry[part]) for part in ("data_sources", "rule_explained", "how_to_use", "dos", "donts")}
    walkthrough = entry["walkthrough"]
    steps = [_step(step) for step in walkthrough["steps"]]
    return {"rationale": _trimmed(entry["why"]), **texts, "walkthrough": {**walkthrough, "steps": steps}}


def _step(step: Content) -> Content:
    """A walkthrough's step; a made-up customer's dates become the texts that the portal stores."""
    if step["kind"] != "classify":
        return step
    values = {key: value.isoformat() if isinstance(value, date) else value for key, value in step["customer"].items()}
    return {**step, "customer": values}


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value
