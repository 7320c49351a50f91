"""Families: what they demand, what is proved of it, and when an answer counts for nothing."""

from types import SimpleNamespace
from typing import Any

import pytest

from common.actors import SYSTEM
from customers.models import Attribute
from ledger.models import Handoff
from taxonomy.choices import SweepState
from taxonomy.models import Proof, ProofSweep, SegmentVersion
from taxonomy.rules import from_tree, matches
from taxonomy.selectors import active_rules, live_content
from taxonomy.selectors.answering import answers_to
from taxonomy.selectors.catalogue import stored_catalogue
from taxonomy.selectors.duplicates import duplicates_for
from taxonomy.selectors.families import Family, families_for, family_for
from taxonomy.selectors.proof_records import witness_from
from taxonomy.services import proving, sweeps
from taxonomy.services.proving import prove
from taxonomy.services.sweeps import reap_sweeps, request_proofs
from taxonomy.tasks import on_grounds_changed, reap_proofs
from tests.taxonomy.stage import enact

pytestmark = pytest.mark.django_db

TWO = {"exclusive": True, "covering": True}


def prove_now() -> ProofSweep:
    sweep = request_proofs(actor=SYSTEM, reason="test")
    assert sweep is not None
    prove(sweep.pk)
    sweep.refresh_from_db()
    return sweep


def family(viewer: Any, key: str = "shoppers") -> Family:
    found = family_for(viewer=viewer, key=key)
    assert found is not None
    return found


@pytest.fixture
def tree(stage: SimpleNamespace) -> SimpleNamespace:
    """Everybody with a number of visits, split at 50: `frequent` and `rare` share nobody and leave nobody out."""
    enact("shoppers", tier="market", rule="visits IS NOT NULL", name="Shoppers", axioms=TWO)
    enact("frequent", parent="shoppers", rule="visits >= 50", name="Frequent shoppers")
    enact("rare", parent="shoppers", rule="visits < 50", name="Rare shoppers")
    return stage


def test_family__whose_children_split_the_parent__is_proved(tree: SimpleNamespace) -> None:
    sweep = prove_now()
    found = family(tree.viewer)
    assert (sweep.state, sweep.done, sweep.total) == ("done", 7, 7)
    assert (found.state, found.covering.state, found.exclusive_state) == ("proved", "proved", "proved")


def test_family__with_overlap_and_gap__is_refuted_by_witnesses_that_really_are_so(tree: SimpleNamespace) -> None:
    enact("frequent", base=1, parent="shoppers", rule="visits >= 40 AND spend > 10", name="Frequent shoppers")
    prove_now()
    rules = {row.key: row.rule for row in active_rules()}

    def truth(row: Proof, key: str) -> bool:
        assert row.witness
        witness = witness_from(row.witness)
        return matches(rules[key], witness.attributes, witness.as_of) is True

    both, gap = Proof.objects.get(question="exclusive"), Proof.objects.get(question="covering")
    assert (both.verdict, gap.verdict) == ("refuted", "refuted")
    assert truth(both, "frequent")
    assert truth(both, "rare")
    assert (truth(gap, "shoppers"), truth(gap, "frequent"), truth(gap, "rare")) == (True, False, False)
    assert family(tree.viewer).state == "refuted"


def test_family__undecided__is_never_a_pass(tree: SimpleNamespace, client_of: Any, settings: Any) -> None:
    prove_now()
    Proof.objects.update(verdict="undecided", reason="It took more than 200 ms.", witness=None)
    found = family(tree.viewer)
    page = client_of(tree.viewer).get("/taxonomy/families/shoppers/").content.decode()
    assert found.state == "undecided"
    assert not found.covering.is_proved
    assert page.count("It took more than 200 ms.") == 2
    assert "state--good" not in page
    assert 'label="proved"' not in page and "No possible customer" not in page


def test_family__before_any_proof__says_that_nothing_is_proved_yet(tree: SimpleNamespace) -> None:
    assert family(tree.viewer).state == "not_proved_yet"
    assert [each.state for each in families_for(tree.viewer)] == ["not_proved_yet"]


def test_answer__whose_rule_has_changed_since__counts_for_nothing(tree: SimpleNamespace) -> None:
    prove_now()
    enact("rare", base=1, parent="shoppers", rule="visits < 60", name="Rare shoppers")
    assert family(tree.viewer).state == "not_proved_yet"
    prove_now()
    assert family(tree.viewer).state == "refuted"


def test_answer__whose_facts_have_changed_since__counts_for_nothing(stage: SimpleNamespace) -> None:
    enact("aged", tier="market", rule="age_band IS NOT NULL", name="Known ages", axioms=TWO)
    enact("young", parent="aged", rule="age_band IN ('19-24', '25-34')", name="Young shoppers")
    enact("older", parent="aged", rule="age_band = '35-44'", name="Older shoppers")
    prove_now()
    assert family(stage.viewer, "aged").state == "proved"
    Attribute.objects.filter(key="age_band").update(choices=["19-24", "25-34", "35-44", "45-54"])
    assert family(stage.viewer, "aged").state == "not_proved_yet"
    prove_now()
    found = family(stage.viewer, "aged").covering
    assert found.is_refuted and found.witness
    assert found.witness.attributes == {"age_band": "45-54"}


def test_segments__written_differently_but_equal__are_found_by_proof(tree: SimpleNamespace) -> None:
    enact("regular", parent="shoppers", rule="NOT (visits < 50)", name="Regular shoppers")
    prove_now()
    found = duplicates_for(tree.viewer)
    assert [(each.first.segment.key, each.second.segment.key) for each in found.equal] == [("frequent", "regular")]
    assert (found.undecided, found.near, found.is_answered) == ((), (), True)
    enact("regular", base=1, parent="shoppers", rule="visits > 50", name="Regular shoppers")
    assert (duplicates_for(tree.viewer).equal, duplicates_for(tree.viewer).is_answered) == ((), False)


def test_round__asked_for_by_the_portal_with_nothing_changed__stores_nothing(tree: SimpleNamespace) -> None:
    prove_now()
    assert request_proofs(actor=SYSTEM) is None
    assert ProofSweep.objects.count() == 1


def test_reaction__delivered_twice__asks_once(tree: SimpleNamespace) -> None:
    owed = list(Handoff.objects.filter(consumer="taxonomy.on_grounds_changed").order_by("pk"))
    for handoff in (*owed, *owed):
        on_grounds_changed(handoff.entry_id)
    sweep = ProofSweep.objects.get()
    assert (prove(sweep.pk), prove(sweep.pk)) == ("done", None)
    for handoff in owed:
        on_grounds_changed(handoff.entry_id)
    assert ProofSweep.objects.count() == 1


def test_round__whose_worker_died__is_taken_up_again_and_given_up_after_three(tree: SimpleNamespace) -> None:
    sweep = request_proofs(actor=SYSTEM)
    assert sweep is not None
    for attempt in (1, 2, 3):
        assert sweeps.claim_sweep(sweep.pk)
        reap_sweeps()
        assert ProofSweep.objects.get().state == SweepState.RUNNING
        ProofSweep.objects.update(heartbeat_at=sweep.queued_at - 2 * sweeps.SILENT_AFTER)
        reap_sweeps()
        assert ProofSweep.objects.get().state == ("failed" if attempt == 3 else "queued")


def test_round__that_no_event_asked_for__is_queued_once_after_an_upgrade(tree: SimpleNamespace) -> None:
    ProofSweep.objects.all().delete()
    reap_proofs()
    sweep = ProofSweep.objects.get()
    assert sweep.state == SweepState.QUEUED
    assert proving.prove(sweep.pk) == SweepState.DONE
    reap_proofs()
    assert ProofSweep.objects.count() == 1
    # A later prover gives every question another digest.
    ProofSweep.objects.update(digest="0" * 64)
    reap_proofs()
    assert ProofSweep.objects.count() == 2
    ProofSweep.objects.filter(state=SweepState.QUEUED).update(state=SweepState.FAILED, ended_at=sweep.queued_at)
    reap_proofs()
    assert ProofSweep.objects.count() == 2


def test_round__that_was_given_to_another_worker__writes_nothing(
    tree: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = request_proofs(actor=SYSTEM)
    assert sweep is not None
    answers = answers_to

    def reaped_meanwhile(*args: Any) -> Any:
        found = answers(*args)
        ProofSweep.objects.update(attempts=2)
        return found

    monkeypatch.setattr(proving, "answers_to", reaped_meanwhile)
    assert prove(sweep.pk) == "running"
    assert not Proof.objects.exists()


def test_round__overtaken_by_a_new_rule__stores_nothing_and_asks_again(
    tree: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = request_proofs(actor=SYSTEM)
    assert sweep is not None
    answers = answers_to

    def overtaken(*args: Any) -> Any:
        found = answers(*args)
        enact("rare", base=1, parent="shoppers", rule="visits < 60", name="Rare shoppers")
        return found

    monkeypatch.setattr(proving, "answers_to", overtaken)
    assert prove(sweep.pk) == "superseded"
    assert not Proof.objects.exists()
    assert ProofSweep.objects.filter(state="queued").count() == 1


def test_prove_again__asked_by_anybody__is_for_those_who_answer(tree: SimpleNamespace, client_of: Any) -> None:
    for who in (tree.viewer, tree.rep):
        assert client_of(who).post("/taxonomy/proofs/request/").status_code == 403
    assert not ProofSweep.objects.exists()
    for who in (tree.owner, tree.steward):
        assert client_of(who).post("/taxonomy/proofs/request/").status_code == 302
    assert ProofSweep.objects.count() == 1


def test_version__that_demands_axioms__keeps_them(tree: SimpleNamespace) -> None:
    assert SegmentVersion.objects.get(segment__key="shoppers").axioms == TWO
    content = live_content("shoppers")
    assert content is not None
    assert content.content["axioms"] == TWO


def test_segment_page__with_a_clause_that_changes_nothing__says_so(tree: SimpleNamespace, client_of: Any) -> None:
    enact("frequent", base=1, parent="shoppers", rule="visits >= 50 AND visits >= 40", name="Frequent shoppers")
    prove_now()
    line = client_of(tree.viewer).get("/taxonomy/families/frequent/line/").content.decode()
    assert "A part of the rule changes nothing" in line
    assert from_tree(SegmentVersion.objects.get(segment__key="frequent", number=2).rule, stored_catalogue())


def test_families_page__filtered__shows_those_in_the_state(tree: SimpleNamespace, client_of: Any) -> None:
    prove_now()
    browser = client_of(tree.viewer)
    assert "/taxonomy/families/shoppers/" in browser.get("/taxonomy/families/?state=proved").content.decode()
    assert "No family is in this state" in browser.get("/taxonomy/families/?state=refuted").content.decode()
