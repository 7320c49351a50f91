"""Where each clause of a segment in force comes from: who proposed it, why, who agreed, who did not, what followed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from reviews.choices import Verdict
from reviews.models import Assumption, ChangeRequest, Impact, Vote
from reviews.selectors.clause_paths import Clause, clause_at, clause_tree, followed
from reviews.selectors.clauses import path_of_clause
from reviews.selectors.desk import impact_words
from reviews.selectors.outcomes import Came, results_of
from reviews.selectors.requests import requests_for
from taxonomy.rules import Rule, to_words
from taxonomy.selectors import segment_versions, stored_catalogue
from taxonomy.selectors.catalogue import stored_rule
from taxonomy.selectors.crosswalk import lines_between

MOST_STEPS_BACK = 400
"""Versions that are read back; a longer past is cut, and the page says so."""
_A_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True)
class Wording:
    """One version of a segment, as far as blame needs it."""

    key: str
    number: int
    at: datetime
    rule: Rule
    reference: str


@dataclass
class Step:
    """One decision that gave a clause its words: the version, the words since then, and all that was decided."""

    wording: Wording
    words: str
    request: ChangeRequest | None = None
    impact: str = ""
    approvals: list[Vote] = field(default_factory=list)
    dissent: list[Vote] = field(default_factory=list)
    results: list[Came] = field(default_factory=list)


@dataclass(frozen=True)
class Blame:
    """One clause in force: the decisions that made it, the first one first, and the assumptions tied to it."""

    clause: Clause
    steps: list[Step]
    assumptions: list[Assumption]

    @property
    def origin(self) -> Step:
        """The decision that brought it."""
        return self.steps[0]

    @property
    def latest(self) -> Step:
        """The decision that gave it its present words."""
        return self.steps[-1]


@dataclass(frozen=True)
class BlamePage:
    """The clauses of a segment in force with their origins; assumptions of the whole stand apart."""

    clauses: list[Blame]
    general: list[Assumption]
    is_cut: bool


def blame_of(*, viewer: Any, key: str) -> BlamePage:
    """The origin of every clause of the newest version, through versions, renames, moves, splits and merges."""
    catalogue = stored_catalogue()
    past = _past_of(key)
    if not past:
        return BlamePage([], [], False)
    tree = clause_tree(past[0][0].rule, catalogue)
    leaves = [clause for clause in tree.walk() if not clause.children]
    trails = {clause.path: _trail(clause.path, past) for clause in leaves}
    told = {
        path: [Step(wording, to_words(part, catalogue)) for wording, part in trail] for path, trail in trails.items()
    }
    _tell(viewer, [step for steps in told.values() for step in steps])
    rows = list(Assumption.objects.filter(segment_key=key, ended_at__isnull=True).select_related("request"))
    mine, general = _placed(rows, leaves, past)
    clauses = [Blame(clause, told[clause.path], mine.get(clause.path, [])) for clause in leaves]
    return BlamePage(clauses, general, sum(map(len, past)) >= MOST_STEPS_BACK)


def _past_of(key: str) -> list[list[Wording]]:
    """The segment's versions, newest first, and after them those of each segment that it was split or merged from."""
    found: list[list[Wording]] = []
    waiting: list[tuple[str, int | None]] = [(key, None)]
    seen: set[str] = set()
    while waiting and sum(map(len, found)) < MOST_STEPS_BACK:
        here, until = waiting.pop(0)
        if here in seen:
            continue
        seen.add(here)
        wordings = _wordings(here, until)
        found.append(wordings)
        if wordings:
            waiting += _came_from(here, wordings[-1].at)
    return [wordings for wordings in found if wordings]


def _wordings(key: str, until: int | None) -> list[Wording]:
    rows = segment_versions(key)
    rows = rows.filter(number__lte=until) if until is not None else rows
    return [
        Wording(key, row.number, row.enacted_at, stored_rule(row.rule), _reference(row))
        for row in rows[:MOST_STEPS_BACK]
    ]


def _reference(row: Any) -> str:
    """The request that brought the version."""
    brought = [each for each in row.enactments.all() if each.kind != "retire"]
    return str(brought[-1].request_ref) if brought else ""


def _came_from(key: str, at: datetime) -> list[tuple[str, int | None]]:
    """The segments that this one goes on from, as the crosswalk has it."""
    lines = lines_between(at - _A_MOMENT, at + _A_MOMENT)
    return [(line.old, line.old_version) for line in lines if line.new == key and line.old not in ("", key)]


def _trail(path: str, past: Sequence[Sequence[Wording]]) -> list[tuple[Wording, Rule]]:
    """The wordings that gave the clause at `path` its words, oldest first, each with the clause as it read then."""
    here, at = past[0][0], path
    found: list[tuple[Wording, Rule]] = []
    before = list(past[0][1:])
    others = [list(wordings) for wordings in past[1:]]
    while before or others:
        if not before:
            # The segment's first version: the clause may have come with it from another segment.
            before = others.pop(0)
            if at not in _way_back(before[0], here):
                before = []
                continue
        earlier = before.pop(0)
        back = _way_back(earlier, here).get(at)
        if back is None:
            break
        old, is_same = back
        part = clause_at(here.rule, at)
        if not is_same and part is not None:
            found.append((here, part))
        here, at = earlier, old
    part = clause_at(here.rule, at)
    return [*([(here, part)] if part is not None else []), *reversed(found)]


def _way_back(before: Wording, after: Wording) -> dict[str, tuple[str, bool]]:
    """For each clause of the later wording where it stood in the earlier one, and whether it said the same."""
    return {to.path: (path, to.is_same) for path, to in followed(before.rule, after.rule).items()}


def _tell(viewer: Any, steps: Iterable[Step]) -> None:
    """Give each step its request, votes, impact and what came of it; a constant number of queries."""
    listed = list(steps)
    numbers = {int(step.wording.reference) for step in listed if step.wording.reference.isdigit()}
    requests = {row.pk: row for row in requests_for(viewer=viewer).filter(pk__in=numbers)}
    impacts = {
        row.request_id: row.record
        for row in Impact.objects.filter(request_id__in=requests).order_by("pk").only("request_id", "record")
    }
    votes: dict[int, list[Vote]] = {}
    for vote in (
        Vote.objects.filter(request_id__in=requests, voided_at__isnull=True).select_related("voter").order_by("pk")
    ):
        votes.setdefault(vote.request_id, []).append(vote)
    came = results_of(viewer, requests)
    for step in listed:
        request = requests.get(int(step.wording.reference)) if step.wording.reference.isdigit() else None
        if request is None:
            continue
        cast = votes.get(request.pk, [])
        step.request = request
        step.impact = impact_words(impacts.get(request.pk))
        step.approvals = [vote for vote in cast if vote.verdict == Verdict.APPROVE]
        step.dissent = [vote for vote in cast if vote.verdict != Verdict.APPROVE]
        step.results = came[request.pk]


def _placed(
    rows: Sequence[Assumption], leaves: Sequence[Clause], past: Sequence[Sequence[Wording]]
) -> tuple[dict[str, list[Assumption]], list[Assumption]]:
    """Each assumption beside the clause that it was tied to, where that still stands; the others apart."""
    newest, known = past[0][0], {leaf.path for leaf in leaves}
    by_reference = {wording.reference: wording for wordings in past for wording in wordings}
    placed: dict[str, list[Assumption]] = {}
    general: list[Assumption] = []
    for row in rows:
        wording = by_reference.get(str(row.request_id))
        to = followed(wording.rule, newest.rule).get(path_of_clause(row.clause)) if wording and row.clause else None
        if to is not None and to.path in known:
            placed.setdefault(to.path, []).append(row)
        else:
            general.append(row)
    return placed, general
