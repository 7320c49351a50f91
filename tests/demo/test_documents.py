"""The company's documents are complete, fit each other, and say only what the receipts say."""

import datetime as dt
import re
from typing import Any

import polars as pl
import pytest

from accounts.choices import Function, Role
from customers.choices import Dimension, Sensitivity, SourceKind
from demo.documents import PLAYBOOK_SECTIONS, Proposal, Story, company, live_rules, measured_sizes
from demo.tables import AS_OF
from reviews.choices import Kind, SubjectType, Verdict
from taxonomy.choices import COMPLEXITY_BUDGET, TIER_DEPTHS, ObjectiveKind
from taxonomy.rules import AttributeFacts, Rule, attributes_used, complexity, matches, parse, to_text

KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
SEGMENTS = {segment.key: segment for segment in company().segments}
CATALOGUE = {
    entry["key"]: AttributeFacts(
        type=entry["type"], label=entry["label"], unit=entry["unit"], choices=tuple(entry["choices"])
    )
    for entry in company().attributes
}
PEOPLE = {person["username"]: person for person in company().people}
LISTS = {
    "messages": {"audience", "text"},
    "channels": {"channel", "guidance"},
    "objections": {"objection", "answer"},
    "decision_makers": {"role", "concern"},
    "triggers": {"trigger", "response"},
    "next_steps": {"step", "done_when"},
}


def rules_of(key: str, rules: dict[str, str]) -> list[Rule]:
    """The rule of a segment and those of its parents."""
    found = [parse(rules[key], CATALOGUE)]
    parent = SEGMENTS[key].content["parent"] if key in SEGMENTS else "card-households"
    return found + (rules_of(parent, rules) if parent else [])


def json_values(households: pl.DataFrame) -> list[dict[str, Any]]:
    """Each household's values as the portal stores them."""
    texts = households.with_columns(
        pl.col(pl.Date).dt.to_string("%Y-%m-%d"), pl.col(pl.Datetime).dt.to_string("%Y-%m-%dT%H:%M:%SZ")
    )
    return [{key: value for key, value in row.items() if value is not None} for row in texts.iter_rows(named=True)]


def size_of(rules: list[Rule], customers: list[dict[str, Any]]) -> int:
    return sum(all(matches(rule, customer, AS_OF) for rule in rules) for customer in customers)


def everybody_mentioned() -> set[str]:
    documents = company()
    proposals = [*documents.segments, *documents.playbooks, *documents.briefs]
    stories = [*documents.decided, *documents.waiting]
    ballots = [ballot for story in stories for ballot in (*story.first_round, *story.votes)]
    return {
        *(proposal.author for proposal in proposals),
        *(story.proposal.author for story in stories),
        *(name for segment in documents.segments for name in segment.content["owners"].values()),
        *(ballot.username for ballot in ballots),
        *(name for story in stories for name, _ in story.comments),
        *(voter.username for voter in documents.founding_voters),
        *(objective["owner"] for objective in documents.objectives),
        *(source["steward"] for source in documents.sources),
        *(seat["username"] for board in documents.boards for seat in board["seats"]),
    }


def board_of(key: str) -> dict[str, Any]:
    return next(
        (board for board in company().boards if key in board["branches"]),
        next(board for board in company().boards if not board["branches"]),
    )


def test_people__roles_and_functions__are_those_of_the_portal() -> None:
    assert len(PEOPLE) == len(company().people) == 22
    assert {person["function"] for person in PEOPLE.values()} <= set(Function.values)
    assert {role for person in PEOPLE.values() for role in person["roles"]} == set(Role.values)


def test_people__whoever_is_mentioned__exists() -> None:
    assert everybody_mentioned() <= PEOPLE.keys()


def test_attributes__each_entry__is_complete_and_from_a_known_source() -> None:
    sources = {source["key"] for source in company().sources}
    assert {source["kind"] for source in company().sources} <= set(SourceKind.values)
    assert len(CATALOGUE) == len(company().attributes)
    for entry in company().attributes:
        assert KEY.fullmatch(entry["key"])
        assert entry["source"] in sources
        assert entry["dimension"] in Dimension.values
        assert entry["sensitivity"] in Sensitivity.values
        assert entry["purposes"]
        assert bool(entry["choices"]) == (entry["type"] == "enum")
        assert len(entry["description"].split()) >= 12, entry["key"]


def test_attributes__all_types_and_all_dimensions_of_the_data__are_there() -> None:
    assert {entry["type"] for entry in company().attributes} == {
        "number", "text", "boolean", "date", "timestamp", "enum", "set",
    }  # fmt: skip
    assert {entry["dimension"] for entry in company().attributes} == {"behavioral", "demographic", "value"}


def test_boards__required_functions__are_seated_twice_where_one_may_be_the_author() -> None:
    for board in company().boards:
        functions = [seat["function"] for seat in board["seats"]]
        assert all(functions.count(function) >= number for function, number in board["required"].items())
        assert sum(board["required"].values()) <= board["quorum"] <= len(functions)
        assert all(seat["function"] == PEOPLE[seat["username"]]["function"] for seat in board["seats"])
        assert set(board["branches"]) <= SEGMENTS.keys()
        assert set(board["subject_types"]) <= set(SubjectType.values)


def test_objectives__each__has_target_owner_and_a_measured_basis() -> None:
    for objective in company().objectives:
        assert KEY.fullmatch(objective["key"])
        assert objective["kind"] in ObjectiveKind.values
        assert len(objective["metric"]) <= 200
        assert objective["target"] > objective["baseline"] > 0
        assert dt.date.fromisoformat(objective["target_on"])
        assert objective["basis"].startswith("Measured on")


def test_taxonomy__tiers_and_parents__go_from_broad_to_narrow() -> None:
    objectives = {objective["key"] for objective in company().objectives}
    seen: dict[str, str] = {}
    for segment in company().segments:
        content = segment.content
        assert KEY.fullmatch(segment.key)
        assert content["objective"] in objectives
        assert content["owners"].keys() == {"data", "definition", "outcome"}
        assert len(content["meaning"]) <= 600 and content["meaning"].endswith(".")
        if content["parent"]:
            assert TIER_DEPTHS[content["tier"]] > TIER_DEPTHS[seen[content["parent"]]]
        seen[segment.key] = content["tier"]
    assert set(seen.values()) == set(TIER_DEPTHS)
    assert 12 <= len(seen) <= 19


@pytest.mark.parametrize("key", SEGMENTS)
def test_rule__of_each_segment__parses_to_a_small_rule(key: str) -> None:
    for text in {SEGMENTS[key].content["rule"], live_rules()[key]}:
        rule = parse(text, CATALOGUE)
        assert to_text(rule) == text
        measured = complexity(rule)
        assert all(getattr(measured, part) <= most for part, most in COMPLEXITY_BUDGET.items())


@pytest.mark.parametrize("key", SEGMENTS)
def test_rule__personal_attributes__are_proposed_by_a_steward(key: str) -> None:
    personal = {entry["key"] for entry in company().attributes if entry["sensitivity"] == "personal"}
    special = {entry["key"] for entry in company().attributes if entry["sensitivity"] == "special"}
    used = {name for rule in rules_of(key, live_rules()) for name in attributes_used(rule)}
    assert not used & special
    if used & personal:
        assert "steward" in PEOPLE[SEGMENTS[key].author]["roles"]


def test_rules__together__show_what_the_language_can_say() -> None:
    text = "\n".join(live_rules().values())
    for construct in ("DATE '", " IN (", "LIKE '", "IS NULL", " BETWEEN ", "CONTAINS(", "NOT ", " OR "):
        assert construct in text


def test_sizes__of_all_segments__are_those_that_were_written_down(households: pl.DataFrame) -> None:
    customers = json_values(households)
    founded = {segment.key: segment.content["rule"] for segment in company().segments}
    assert {key: size_of(rules_of(key, founded), customers) for key in SEGMENTS} == {
        segment.key: segment.size for segment in company().segments
    }
    assert {key: size_of(rules_of(key, live_rules()), customers) for key in SEGMENTS} == measured_sizes()
    for story in company().waiting:
        proposal = story.proposal
        rules = live_rules() | {proposal.key: proposal.content["rule"]}
        assert size_of(rules_of(proposal.key, rules), customers) == proposal.size


def test_sizes__only_the_market__holds_everybody(households: pl.DataFrame) -> None:
    sizes = measured_sizes()
    assert [key for key, size in sizes.items() if size == households.height] == ["card-households"]
    assert min(sizes.values()) >= 50


def test_standing__four_segments__cover_everybody_with_little_overlap(households: pl.DataFrame) -> None:
    keys = ("anchor-households", "steady-households", "occasional-households", "quiet-households")
    rules = {key: rules_of(key, live_rules()) for key in keys}
    counts = [
        sum(all(matches(rule, customer, AS_OF) for rule in rules[key]) for key in keys)
        for customer in json_values(households)
    ]
    assert (counts.count(0), counts.count(1), counts.count(2)) == (0, 2_458, 11)


@pytest.mark.parametrize("playbook", company().playbooks, ids=lambda playbook: playbook.key)
def test_playbook__every_section__is_filled(playbook: Proposal) -> None:
    assert playbook.content.keys() == set(PLAYBOOK_SECTIONS)
    for section, columns in LISTS.items():
        assert len(playbook.content[section]) >= 2, section
        for row in playbook.content[section]:
            assert row.keys() == columns
            assert all(text.strip() for text in row.values())
    assert all(len(playbook.content[part].split()) >= 25 for part in ("why", "values", "value_proposition", "pricing"))
    assert all(playbook.content[part] for part in ("dos", "donts"))


@pytest.mark.parametrize("brief", company().briefs, ids=lambda brief: brief.key)
def test_brief__walkthrough__teaches_rationale_sources_and_rule(brief: Proposal) -> None:
    steps = brief.content["walkthrough"]["steps"]
    assert 5 <= len(steps) <= 8
    assert {step["kind"] for step in steps} == {"read", "choose", "classify"}
    for step in steps:
        if step["kind"] == "choose":
            assert [choice["right"] for choice in step["choices"]].count(True) == 1
            assert all(choice["feedback"] for choice in step["choices"])
    assert all(len(brief.content[part].split()) >= 40 for part in ("rationale", "data_sources", "rule_explained"))
    assert sum(step["kind"] == "choose" for step in steps) >= 2


@pytest.mark.parametrize("brief", company().briefs, ids=lambda brief: brief.key)
def test_brief__made_up_customers__have_all_values_and_one_is_in_and_one_is_out(brief: Proposal) -> None:
    rules = rules_of(brief.key, live_rules())
    needed = {name for rule in rules for name in attributes_used(rule)}
    answers = []
    for step in brief.content["walkthrough"]["steps"]:
        if step["kind"] == "classify":
            assert needed <= step["customer"].keys() <= CATALOGUE.keys()
            answers.append(all(matches(rule, step["customer"], AS_OF) for rule in rules))
            assert step["in_feedback"].startswith("In") and step["out_feedback"].startswith("Out")
    assert sorted(answers) == [False, True]


def test_texts__at_least_five_segments__have_both_playbook_and_brief() -> None:
    both = {proposal.key for proposal in company().playbooks} & {proposal.key for proposal in company().briefs}
    assert len(both) >= 5


@pytest.mark.parametrize("story", (*company().decided, *company().waiting), ids=lambda story: story.proposal.title)
def test_story__votes__are_cast_by_the_board_and_never_by_the_author(story: Story) -> None:
    proposal = story.proposal
    seats = {seat["username"]: seat["function"] for seat in board_of(proposal.key)["seats"]}
    assert proposal.kind in Kind.values
    for ballot in (*story.first_round, *story.votes):
        assert ballot.username in seats
        assert ballot.username != proposal.author
        assert ballot.verdict in Verdict.values
        assert len(ballot.reason.split()) >= 5


@pytest.mark.parametrize("story", company().decided, ids=lambda story: story.proposal.title)
def test_story__decided__has_the_votes_that_its_board_requires(story: Story) -> None:
    board = board_of(story.proposal.key)
    seats = {seat["username"]: seat["function"] for seat in board["seats"]}
    approving = [seats[ballot.username] for ballot in story.votes if ballot.verdict == "approve"]
    assert len(approving) >= board["quorum"]
    assert all(approving.count(function) >= number for function, number in board["required"].items())


@pytest.mark.parametrize("story", company().waiting, ids=lambda story: story.proposal.title)
def test_story__waiting__lacks_votes(story: Story) -> None:
    assert len(story.votes) < board_of(story.proposal.key)["quorum"]
    assert story.comments


@pytest.mark.parametrize(
    "proposal", (*company().segments, *company().playbooks, *company().briefs), ids=lambda p: p.title
)
def test_founding__voters_of_its_board__are_enough_without_the_author(proposal: Proposal) -> None:
    board = board_of(proposal.key)
    seats = {seat["username"]: seat["function"] for seat in board["seats"]}
    voters = [voter for voter in company().founding_voters if voter.board == board["key"]]
    functions = [seats[voter.username] for voter in voters if voter.username != proposal.author]
    assert len(functions) >= board["quorum"]
    assert all(functions.count(function) >= number for function, number in board["required"].items())
