"""The clauses of a proposed rule with what was said about each, followed from the wording it was said about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from common.errors import DomainError
from reviews.choices import Kind, SubjectType
from reviews.models import ChangeRequest, Comment, Revision
from reviews.selectors.clause_paths import ROOT, Clause, Followed, clause_at, clause_tree, followed
from taxonomy.rules import AttributeFacts, Rule, RuleError, parse, to_words
from taxonomy.selectors import stored_catalogue

Catalogue = Mapping[str, AttributeFacts]


@dataclass(frozen=True)
class ClauseRemark:
    """One comment about a clause: its words then, and where it stands now (None: nowhere any more)."""

    comment: Comment
    words: str
    now: Followed | None

    @property
    def anchor(self) -> str:
        """The id of the clause on the page, where it stands there."""
        return anchor_of(self.now.path) if self.now else ""


@dataclass(frozen=True)
class ClauseLine:
    """One clause of the proposed rule with the remarks about it."""

    clause: Clause
    is_new: bool
    remarks: list[ClauseRemark] = field(default_factory=list)

    @property
    def level(self) -> int:
        """How far it is set in; the deepest ones share the last step."""
        return min(self.clause.depth, 4)

    @property
    def stored(self) -> str:
        """The clause as a comment names it."""
        return stored_clause(self.clause.path)

    @property
    def anchor(self) -> str:
        """The id of the clause on the page."""
        return anchor_of(self.clause.path)


def anchor_of(path: str) -> str:
    """The id of the clause with that path on the page."""
    return f"clause-{path.replace('.', '-')}" if path else "clause-all"


def has_clauses(request: ChangeRequest) -> bool:
    """Whether the request proposes a rule."""
    return request.subject_type == SubjectType.SEGMENT and request.kind != Kind.RETIRE


def rule_in(content: Mapping[str, Any] | None, catalogue: Catalogue) -> Rule | None:
    """The own rule of a content; None when it has none that can be read today."""
    text = (content or {}).get("rule")
    if not isinstance(text, str):
        return None
    try:
        return parse(text, catalogue)
    except (RuleError, DomainError):
        return None


class ClauseBoard:
    """The clauses of one request, read when the page asks for them; two queries, and one for the attributes."""

    def __init__(self, request: ChangeRequest) -> None:
        self.request = request

    @cached_property
    def _catalogue(self) -> Catalogue:
        return stored_catalogue()

    @cached_property
    def _rule(self) -> Rule | None:
        return rule_in(self.request.proposed, self._catalogue) if has_clauses(self.request) else None

    @cached_property
    def remarks(self) -> list[ClauseRemark]:
        """Every comment about a clause, oldest first."""
        rows = Comment.objects.filter(request_id=self.request.pk, revision__isnull=False).exclude(clause="")
        comments = list(rows.select_related("author").order_by("pk")) if has_clauses(self.request) else []
        numbers = {comment.revision for comment in comments if comment.revision is not None}
        revisions = Revision.objects.filter(request_id=self.request.pk, number__in=numbers) if numbers else []
        rules = {row.number: rule_in(row.proposed, self._catalogue) for row in revisions}
        ways = {number: followed(rule, self._rule) for number, rule in rules.items() if rule and self._rule}
        return [self._remark(comment, rules, ways) for comment in comments]

    def _remark(
        self, comment: Comment, rules: Mapping[int, Rule | None], ways: Mapping[int, dict[str, Followed]]
    ) -> ClauseRemark:
        number, path = comment.revision or 0, path_of_clause(comment.clause)
        rule = rules.get(number)
        part = clause_at(rule, path) if rule else None
        words = to_words(part, self._catalogue) if part else ""
        return ClauseRemark(comment, words, ways.get(number, {}).get(path))

    @cached_property
    def lines(self) -> list[ClauseLine]:
        """The clauses in reading order, each with its remarks."""
        if self._rule is None:
            return []
        base = rule_in(self.request.base_content, self._catalogue)
        same = {each.path for each in followed(base, self._rule).values() if each.is_same} if base else set()
        lines = [
            ClauseLine(clause, bool(base) and not clause.joiner and clause.path not in same)
            for clause in clause_tree(self._rule, self._catalogue).walk()
        ]
        by_path = {line.clause.path: line for line in lines}
        for remark in self.remarks:
            if remark.now is not None:
                by_path[remark.now.path].remarks.append(remark)
        return lines

    @property
    def gone(self) -> list[ClauseRemark]:
        """Remarks whose clause is no longer in the proposal."""
        return [remark for remark in self.remarks if remark.now is None]

    @cached_property
    def by_comment(self) -> dict[int, ClauseRemark]:
        """Each remark by the number of its comment."""
        return {remark.comment.pk: remark for remark in self.remarks}


ALL = "all"
"""How a comment names the whole rule, whose path is empty."""


def path_of_clause(stored: str) -> str:
    """The path that a comment keeps."""
    return ROOT if stored == ALL else stored


def stored_clause(path: str) -> str:
    """The path as a comment keeps it."""
    return path or ALL
