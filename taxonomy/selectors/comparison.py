"""What a change of a rule means: its class with the proof, the clauses that changed, what each region can hold."""

import dataclasses
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from customers.selectors import visible_attribute_keys
from taxonomy.errors import RuleInvalid
from taxonomy.models import SegmentVersion
from taxonomy.proofs import Answer, Relation, Verdict
from taxonomy.rules import ClauseChange, Rule, RuleError, attributes_used, clause_changes, from_tree, segments_used
from taxonomy.rules.changes import is_same
from taxonomy.rules.measures import reads_today
from taxonomy.selectors.catalogue import read_rule, rule_catalogue, stored_catalogue
from taxonomy.selectors.effective import active_rules, rules_above, with_rules_above
from taxonomy.selectors.made_up import MadeUp, made_up
from taxonomy.selectors.proving import BUDGET_MS, relation_between
from taxonomy.selectors.reading import parse_for

HIDDEN_CHANGE = "a condition on attributes that you may not see changed"
_MOST_SENTENCES = 3


class ChangeClass(StrEnum):
    """What a new rule does to the old one, over all possible customers."""

    NO_EFFECT = "no_effect"
    NARROWER = "narrower"
    WIDER = "wider"
    SHIFTED = "shifted"
    UNRELATED = "unrelated"
    UNDECIDED = "undecided"


_CLASS_OF = {
    "equal": ChangeClass.NO_EFFECT,
    "narrower": ChangeClass.WIDER,
    "wider": ChangeClass.NARROWER,
    "overlapping": ChangeClass.SHIFTED,
    "disjoint": ChangeClass.UNRELATED,
}
TITLES = {
    ChangeClass.NO_EFFECT: "No effect",
    ChangeClass.NARROWER: "Narrower",
    ChangeClass.WIDER: "Wider",
    ChangeClass.SHIFTED: "Shifted",
    ChangeClass.UNRELATED: "Unrelated",
    ChangeClass.UNDECIDED: "Undecided",
}
_CONSEQUENCES = {
    ChangeClass.NO_EFFECT: "every possible customer is in both or in neither",
    ChangeClass.NARROWER: "nobody new can enter, and some can leave",
    ChangeClass.WIDER: "nobody has to leave, and more can enter",
    ChangeClass.SHIFTED: "some can enter and others can leave",
    ChangeClass.UNRELATED: "no customer can be in both",
}
_IN_TERMS_OF_A_AND_B = {
    ChangeClass.NO_EFFECT: "a and b are equal",
    ChangeClass.NARROWER: "b is narrower than a",
    ChangeClass.WIDER: "b is wider than a",
    ChangeClass.SHIFTED: "a and b overlap",
    ChangeClass.UNRELATED: "a and b have nobody in common",
    ChangeClass.UNDECIDED: "how b stands to a is undecided",
}


@dataclasses.dataclass(frozen=True)
class Region:
    """Whether a possible customer can be in one part of the two rules; a made-up one where it is shown that one can."""

    name: str
    verdict: str
    made_up: MadeUp | None

    @property
    def is_impossible(self) -> bool:
        """Whether it is proved that nobody can be in it."""
        return self.verdict == Verdict.PROVED


@dataclasses.dataclass(frozen=True)
class Comparison:
    """An old and a new effective rule, as one viewer may see them.

    `change` is the class of the change and never a guess: undecided where the proof is. `changes` are sentences without
    capital and full stop. `relation` is that of the old to the new; while undecided, the weakest that is not excluded.
    """

    old: Rule
    new: Rule
    change: ChangeClass
    relation: str
    reason: str
    consequence: str
    changes: tuple[ClauseChange, ...]
    regions: dict[str, Region]

    @property
    def title(self) -> str:
        """The class in a word."""
        return TITLES[self.change]

    @property
    def is_proved(self) -> bool:
        """Whether the class is certain."""
        return self.change != ChangeClass.UNDECIDED

    @property
    def sentence(self) -> str:
        """The whole difference in one sentence, as from an old to a new version."""
        return self._told(self.title)

    @property
    def sentence_of_a_and_b(self) -> str:
        """The same, for two rules that are called a and b."""
        head = _IN_TERMS_OF_A_AND_B[self.change]
        return self._told(head[:1].upper() + head[1:] if self.change == ChangeClass.UNDECIDED else head)

    def _told(self, head: str) -> str:
        told = [each.sentence for each in self.changes[:_MOST_SENTENCES]]
        if more := len(self.changes) - len(told):
            told.append(f"{more} more {'change' if more == 1 else 'changes'}")
        if not told:
            told = ["the rule says the same"] if self.old == self.new else ["only the way it is written differs"]
        return f"{head}: {'; '.join(told)}; {self.consequence}."


def comparison_of(old: Rule, new: Rule, *, viewer: Any, budget_ms: int = BUDGET_MS) -> Comparison:
    """What the change from one effective rule to the other means, for the viewer's eyes, within a bounded time."""
    catalogue = rule_catalogue()
    changes = clause_changes(old, new, catalogue)
    relation = _relation_of(old, new, budget_ms)
    change = class_of(relation)
    visible = visible_attribute_keys(viewer)
    is_open = visible.issuperset({*attributes_used(old), *attributes_used(new)})
    today = _reads_today(old, new)
    answers = {"only_old": relation.only_a, "both": relation.both, "only_new": relation.only_b}
    return Comparison(
        old=old,
        new=new,
        change=change,
        relation=_weakest(relation),
        reason=_reason(relation, is_open) if change == ChangeClass.UNDECIDED else "",
        consequence=_consequence(change, relation),
        changes=_shown_changes(changes, visible),
        regions={
            name: Region(
                name,
                answer.verdict.value,
                made_up(answer.witness, catalogue, visible, reads_today=today) if answer.witness else None,
            )
            for name, answer in answers.items()
        },
    )


def _relation_of(old: Rule, new: Rule, budget_ms: int) -> Relation:
    """How the old rule stands to the new one; what differs in order and writing alone is equal at once."""
    found = relation_between(old, new, budget_ms=budget_ms)
    if not is_same(old, new):
        return found
    nobody = Answer(Verdict.PROVED)
    return dataclasses.replace(found, verdict=Verdict.PROVED, kind="equal", only_a=nobody, only_b=nobody)


def class_of(relation: Relation) -> ChangeClass:
    """The class of the change from a to b."""
    return _CLASS_OF[relation.kind] if relation.kind else ChangeClass.UNDECIDED


def rules_to_compare(
    viewer: Any, a: str | Mapping[str, Any], b: str | Mapping[str, Any], parent_key: str | None = None
) -> tuple[Rule, Rule]:
    """The two rules of the viewer, below a parent if one is named.

    Raises `RuleInvalid` with the faults of both, each with a pointer that begins with /a or /b, or `ContentInvalid` for
    an unknown parent. Attributes that the viewer may not see are unknown attributes.
    """
    found: list[Rule] = []
    faults: list[dict[str, Any]] = []
    for pointer, source in (("/a", a), ("/b", b)):
        try:
            found.append(parse_for(viewer, source, parent_key))
        except RuleInvalid as refused:
            faults += [{**fault, "pointer": _below(pointer, fault.get("pointer"))} for fault in refused.errors]
    if faults:
        raise RuleInvalid(faults[0]["detail"], code=faults[0]["code"], errors=faults)
    return found[0], found[1]


def rule_of_version(version: SegmentVersion) -> Rule:
    """The version's own rule below what stands above it today. Raises `RuleInvalid` when it cannot be read any more."""
    try:
        own = from_tree(version.rule, stored_catalogue())
    except RuleError as refused:
        raise RuleInvalid(f"Version {version.number} cannot be read any more: {refused.detail}") from refused
    return with_rules_above(own, rules_above(version.parent.key if version.parent else None))


def rule_of_content(content: Mapping[str, Any]) -> Rule:
    """The effective rule of a segment's content as it would be today. Raises `RuleInvalid` when there is none."""
    if not isinstance(content.get("rule"), str | Mapping):
        raise RuleInvalid("There is no rule here to compare.")
    own = read_rule(content["rule"], stored_catalogue())
    return with_rules_above(own, rules_above(content.get("parent")))


def _below(pointer: str, found: str | None) -> str:
    inner = str(found or "").removeprefix("/rule")
    return found if found and found.startswith("/parent") else pointer + inner


def _weakest(relation: Relation) -> str:
    """The relation; while it is undecided the one that claims least: what is not excluded counts as possible."""
    if relation.kind:
        return relation.kind
    if relation.both.is_proved:
        return "disjoint"
    if relation.only_a.is_proved:
        return "narrower"
    return "wider" if relation.only_b.is_proved else "overlapping"


def _consequence(change: ChangeClass, relation: Relation) -> str:
    if change != ChangeClass.UNDECIDED:
        if change == ChangeClass.NARROWER and relation.both.is_proved:
            return "nobody can be in it any more"
        return _CONSEQUENCES[change]
    told = [
        _told_of(relation.only_b, "nobody new can enter", "somebody new can enter", "whether anybody new can enter"),
        _told_of(relation.only_a, "nobody has to leave", "somebody can have to leave", "whether anybody has to leave"),
    ]
    if relation.both.is_proved:
        told.append("it is proved that no customer can be in both")
    return ", and ".join(sorted(told, key=lambda words: words.startswith("whether")))


def _told_of(answer: Answer, empty: str, possible: str, topic: str) -> str:
    if answer.is_proved:
        return f"it is proved that {empty}"
    return f"it is certain that {possible}" if answer.is_refuted else f"{topic} could not be shown"


def _reason(relation: Relation, is_open: bool) -> str:
    if not is_open:
        return "The proof could not be completed."
    told = (relation.reason, *(answer.reason for answer in (relation.only_b, relation.only_a, relation.both)))
    return next((reason for reason in told if reason), "The proof could not be completed.")


def _shown_changes(changes: tuple[ClauseChange, ...], visible: frozenset[str]) -> tuple[ClauseChange, ...]:
    """The changes with those on hidden attributes as one that says nothing of them."""
    shown = [change for change in changes if visible.issuperset(change.attributes)]
    if len(shown) < len(changes):
        shown.append(ClauseChange("changed", HIDDEN_CHANGE, (), "", ""))
    return tuple(shown)


def _reads_today(*rules: Rule) -> bool:
    """Whether the rules, or those of the segments that they refer to, look at the current date."""
    named = {key for rule in rules for key in segments_used(rule)}
    if any(reads_today(rule) for rule in rules) or not named:
        return any(reads_today(rule) for rule in rules)
    return any(reads_today(row.rule) for row in active_rules())
