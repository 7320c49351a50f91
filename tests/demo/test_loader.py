"""The company loaded through the real services: complete, by the right people, and safe to break off and repeat."""

import stat
from collections import Counter
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.selectors import user_by_username
from accounts.services import create_user
from aims.selectors import moments, priorities_for, progress_of, releases_for
from common.actors import SYSTEM
from customers.selectors import customer, customer_count
from demo.documents import company, measured_sizes
from demo.glossary import word_stories, words
from demo.loader import load_company, may_load
from demo.requests import REMARK
from demo.sign_in import kept_password, new_password, write_page
from demo.stories import founding_stories, play
from insights.selectors.forecasts import calibration_by, forecasts_for
from insights.selectors.velocity import velocities
from ledger.models import Entry
from memberships.selectors import segments_of, size_history, sizes
from reviews.choices import State
from reviews.selectors import detail_for, requests_for
from reviews.selectors.alarms import alarms
from reviews.selectors.blame import blame_of
from taxonomy.selectors import agreement_of, objective_for, objectives_for
from taxonomy.selectors.conflicts import conflicts
from taxonomy.selectors.definitions import guideline, term
from taxonomy.selectors.equivalences import equivalences_for
from taxonomy.selectors.families import families_for, family_for
from taxonomy.selectors.glossary import glossary
from taxonomy.selectors.mapping import coverage_of, mappings_for
from taxonomy.services.proving import prove
from taxonomy.services.sweeps import request_proofs


class Broken(Exception):
    """The load was broken off here."""


def breaking_after(step: str) -> Callable[[str], None]:
    def say(text: str) -> None:
        if text.startswith(step):
            raise Broken

    return say


def facts() -> Counter[str]:
    return Counter(Entry.objects.values_list("event", flat=True))


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_load__broken_off_three_times_and_repeated__stands_once_and_whole(tmp_path: Path) -> None:
    assert may_load(company())
    for step in ("People", "Households", "Segments"):
        with pytest.raises(Broken):
            load_company(data_dir=tmp_path, say=breaking_after(step))
        assert may_load(company())
    load_company(data_dir=tmp_path, say=lambda text: None)
    told = facts()
    check_company()
    check_decisions()
    check_words()
    check_aims()
    check_outcomes()
    # Segments, changes of them, playbooks, briefs, words, aims, and what the council decided first.
    assert told["reviews.request.applied"] == 19 + 2 + 7 + 6 + len(word_stories()) + 3 + 1
    assert told["accounts.person.created"] == 22
    assert told["customers.import.finished"] == 4

    lines: list[str] = []
    load_company(data_dir=tmp_path, say=lines.append)
    assert facts() == told
    assert all("stood already" in line for line in lines if not line.startswith("Profiles"))

    check_sign_in(tmp_path)
    check_families()
    assert told["meetings.meeting.closed"] == 1


def check_company() -> None:
    assert customer_count() == 2_469
    assert {key: (row.size, row.state) for key, row in sizes().items()} == {
        key: (size, "fresh") for key, size in measured_sizes().items()
    }
    record = customer("hh-0001")
    assert record.attributes["age_band"] == "65+"
    assert "age_band" not in customer("hh-0002").attributes
    assert "card-households" in {row.key for row in segments_of("hh-0001")}
    assert [point.value for point in size_history("quiet-households")] == [221, 289]


def check_decisions() -> None:
    viewer = user_by_username("nora")
    requests = {request.title: request for request in requests_for(viewer=viewer)}
    assert Counter(request.state for request in requests.values()) == {
        State.APPLIED: 34 + len(word_stories()) + 3 + 1,
        State.IN_REVIEW: 2 + 1,
        State.CHANGES_REQUESTED: 1,
    }
    for story in company().decided:
        request = requests[story.proposal.title]
        assert request.proposed["rule"] == story.proposal.content["rule"]
        assert request.revision == (2 if story.first_content else 1)
    for story in company().waiting:
        detail = detail_for(viewer=viewer, request_id=requests[story.proposal.title].pk)
        assert len(detail.standing.votes) == len(story.votes)
        said = [moment.text for moment in detail.timeline if moment.kind == "comment" and moment.text != REMARK]
        assert said == [text for _, text in story.comments]
        assert detail.impact is not None and detail.impact.record["total"] == story.proposal.size


def check_words() -> None:
    """Every word is approved, joined and mapped as written, and there is something left to settle."""
    nora = user_by_username("nora")
    assert len(glossary().live("term")) == len(words()["terms"]) and len(glossary().live("metric")) == 5
    prospect, rules = term("prospect"), guideline()
    assert prospect is not None and (prospect.status, prospect.successor) == ("deprecated", "lead")
    assert rules is not None and len(rules.questions) == 5
    assert [each.state for each in equivalences_for(viewer=nora)] == ["offered", "agreed"]
    coverage = coverage_of(mappings_for(viewer=user_by_username("tomas")))
    assert 70 <= (coverage.percent or 0) < 100
    assert ("trip", "visit") in {(each.left.key, each.right.key) for each in conflicts()}


def check_aims() -> None:
    """One objective is agreed, one lacks finance alone, one is measured; journeys stand and the release has readers."""
    nora = user_by_username("nora")
    missing = {row.key: agreement_of(row).missing for row in objectives_for(viewer=nora)}
    assert (missing["keep-anchors"], missing["bring-back-the-quiet"]) == ((), ("finance",))
    measured = progress_of(objective_for(viewer=nora, key="anchor-spend"), None).latest
    assert measured is not None and measured.origin == "measured"
    assert len(moments()) == 7
    assert {row.rank for row in priorities_for(viewer=nora).rows} == set(range(1, 20))
    assert releases_for(viewer=nora).get().receipt_count == 6


def check_outcomes() -> None:
    """Predictions are made before their day; enough are judged to be judged by, and one is owed."""
    nora = user_by_username("nora")
    for row in forecasts_for(viewer=nora):
        request = requests_for(viewer=nora).get(pk=row.request_id)
        assert request.created_at < request.submitted_at < request.applied_at
        assert request.applied_at.date() < row.due_on
    boards = {each.key: each for each in calibration_by("board_key", viewer=nora)}
    assert all(board.calibration and board.calibration.count >= 5 for board in boards.values())
    assert boards["segmentation"].owed == 1 and boards["segmentation"].waiting > 0
    owners = {each.key: each.calibration for each in calibration_by("proposer", viewer=nora)}
    assert len({each.words for each in owners.values() if each}) > 1
    whole = velocities(viewer=nora)[0]
    assert whole.bottleneck is not None and whole.cycle_seconds is not None and whole.cycle_seconds > 86_400
    verdicts = {came.verdict for blame in blame_of(viewer=nora, key="anchor-households").clauses
                for came in blame.origin.results}  # fmt: skip
    assert verdicts == {"As predicted"}
    assert [alarm.segment_key for alarm in alarms()] == ["steady-households"]


def check_families() -> None:
    """What the documents demand is proved where they say so, and refuted by nobody real where they say that."""
    sweep = request_proofs(actor=user_by_username("nora"))
    assert sweep is not None
    assert prove(sweep.pk) == "done"
    families = {family.key: family.state for family in families_for(user_by_username("nora"))}
    assert (families["quiet-households"], families["card-households"]) == ("proved", "refuted")
    market = family_for(viewer=user_by_username("nora"), key="card-households")
    assert market is not None
    assert (market.covering.state, market.gap) == ("refuted", 0)
    assert market.covering.witness is not None


def check_sign_in(folder: Path) -> None:
    path = folder / "sign-in.txt"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    password = kept_password(folder)
    assert password is not None and len(password) >= 12
    for username in ("nora", "eli"):
        assert Client().login(username=username, password=password)


@pytest.mark.django_db(transaction=True)
def test_story__broken_off_between_votes__goes_on_without_repeating_one(tmp_path: Path) -> None:
    with pytest.raises(Broken):
        load_company(data_dir=tmp_path, say=breaking_after("Sources and attributes"))
    administrator = user_by_username("nora")
    whole = founding_stories(company(), company().segments[:1])[0]
    part = type(whole)(proposal=whole.proposal, votes=whole.votes[:2])

    assert play(part, viewer=administrator)
    assert facts()["reviews.vote.cast"] == 2
    assert not play(part, viewer=administrator)
    assert play(whole, viewer=administrator)

    assert facts()["reviews.vote.cast"] == 3
    assert facts()["taxonomy.version.enacted"] == 1
    assert not play(whole, viewer=administrator)
    assert facts()["reviews.request.created"] == 1


@pytest.mark.django_db
def test_command__portal_in_use__leaves_it_alone() -> None:
    create_user(actor=SYSTEM, username="somebody", roles=[("administrator", "")])
    said = StringIO()
    call_command("load_demo", "--if-empty", stdout=said)
    assert "in use already" in said.getvalue()
    assert customer_count() == 0


def test_sign_in_page__written_twice__keeps_the_password_and_can_be_read_back(tmp_path: Path) -> None:
    password = new_password()
    assert password != new_password()
    people: Any = company().people
    write_page(tmp_path, password, people)
    write_page(tmp_path, kept_password(tmp_path), people)
    assert kept_password(tmp_path) == password
    assert [path.name for path in tmp_path.iterdir()] == ["sign-in.txt"]


def test_sign_in_page__password_lost__says_how_to_set_a_new_one(tmp_path: Path) -> None:
    assert kept_password(tmp_path) is None
    page = write_page(tmp_path, None, company().people).read_text()
    assert "changepassword" in page
    assert kept_password(tmp_path) is None
