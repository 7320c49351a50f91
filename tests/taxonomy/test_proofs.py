"""Claims about rules over all possible customers: what is proved, what is refuted and by whom, what stays undecided."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from time import perf_counter

import pytest

from taxonomy.proofs import Prover, Regions, Verdict, Witness, facts_digest
from taxonomy.rules import AttributeFacts, Rule, matches, parse
from taxonomy.rules.nodes import Attribute, Compare, Flag, In, Like, Literal, Not, all_of, any_of

CATALOGUE = {
    "orders": AttributeFacts("number"),
    "whole": AttributeFacts("number", is_whole=True),
    "known": AttributeFacts("number", is_always_known=True),
    "share": AttributeFacts("number", minimum=0, maximum=100),
    "city": AttributeFacts("text"),
    "region": AttributeFacts("text"),
    "department": AttributeFacts("enum", choices=("Bakery", "Deli")),
    "mailable": AttributeFacts("boolean"),
    "started": AttributeFacts("date", is_always_known=True),
    "ended": AttributeFacts("date", not_before="started"),
    "reviewed": AttributeFacts("date", not_before="ended"),
    "seen": AttributeFacts("timestamp"),
    "tags": AttributeFacts("set"),
    "channels": AttributeFacts("set", choices=("mail", "shop")),
}
PROVER = Prover(CATALOGUE, budget_ms=5000)
CITY, ORDERS = Attribute("city", "text"), Attribute("orders", "number")


def rule(text: str) -> Rule:
    return parse(text, CATALOGUE)


def kind(a: str, b: str, prover: Prover = PROVER) -> str | None:
    return prover.relation(rule(a), rule(b)).kind


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("NOT (orders > 3 AND mailable)", "NOT orders > 3 OR NOT mailable", "equal"),
        ("orders > 3 AND mailable", "mailable AND 3 < orders", "equal"),
        ("orders > 5 AND orders > 3", "orders > 5", "equal"),
        ("orders BETWEEN 3 AND 5", "orders >= 3 AND NOT orders > 5", "equal"),
        ("orders IN (1, 2)", "orders = 2 OR orders = 1", "equal"),
        ("orders > 3", "orders >= 3", "narrower"),
        ("orders >= 3", "orders > 3", "wider"),
        ("orders > 3 AND orders < 3", "orders = 1 AND orders = 2", "equal"),
        ("orders > 3 AND orders < 3", "orders = 1", "narrower"),
        ("orders > 3", "orders <= 3", "disjoint"),
        ("orders > 3", "orders < 5", "overlapping"),
        ("orders > 3 OR orders <= 3", "orders IS NOT NULL", "equal"),
        ("orders > 1 AND orders < 1.0000000000000002", "FALSE", "equal"),
        ("orders > 1.7976931348623157e308", "FALSE", "equal"),
        ("whole > 2", "whole >= 3", "equal"),
        ("orders > 2", "orders >= 3", "wider"),
        ("whole > 0 AND whole < 4 AND whole <> 2", "whole IN (1, 3)", "equal"),
        ("orders > known AND known > orders", "FALSE", "equal"),
        ("orders > known AND known > share", "orders > share", "narrower"),
        ("city = 'Rome'", "city LIKE 'Ro%'", "narrower"),
        ("city LIKE 'Ro%'", "city >= 'Ro' AND city < 'Rp'", "equal"),
        ("city LIKE 'a%b'", "city LIKE 'a%'", "narrower"),
        ("city LIKE '%a%' AND city LIKE '%b%'", "city LIKE '%a%b%' OR city LIKE '%b%a%'", "equal"),
        ("city LIKE '_%'", "city <> ''", "equal"),
        ("city LIKE '50\\%'", "city = '50%'", "equal"),
        ("city > 'a' AND city < 'a!'", "city LIKE 'a_%'", "narrower"),
        ("LOWER(city) = 'rome'", "city = 'Rome'", "wider"),
        ("LOWER(city) = 'Rome'", "FALSE", "equal"),
        ("LOWER(city) LIKE 'ro%'", "city LIKE 'ro%' OR city LIKE 'Ro%' OR city LIKE 'rO%' OR city LIKE 'RO%'", "equal"),
        ("department <> 'Bakery'", "department = 'Deli'", "equal"),
        ("department LIKE '%a%'", "department = 'Bakery'", "equal"),
        ("LOWER(department) = 'deli'", "department > 'Bakery'", "equal"),
        ("mailable = TRUE", "mailable", "equal"),
        ("mailable <> TRUE", "NOT mailable", "equal"),
        ("share >= 0", "share IS NOT NULL", "equal"),
        ("share > 100 OR share < 0", "FALSE", "equal"),
        ("ended >= started", "ended IS NOT NULL", "equal"),
        ("started < DATE '2026-01-01'", "ended < DATE '2026-01-01'", "wider"),
        ("reviewed < started", "ended IS NULL AND reviewed < started", "equal"),
        ("started >= CURRENT_DATE - INTERVAL '30' DAY", "started >= CURRENT_DATE - INTERVAL '90' DAY", "narrower"),
        ("started > CURRENT_DATE - INTERVAL '1' DAY", "started >= CURRENT_DATE", "equal"),
        ("started > DATE '2026-01-01'", "started >= DATE '2026-01-02'", "equal"),
        ("started > DATE '9999-12-31'", "FALSE", "equal"),
        ("CURRENT_DATE BETWEEN DATE '2026-01-01' AND started", "started >= DATE '2026-01-01'", "narrower"),
        ("started BETWEEN CURRENT_DATE AND CURRENT_DATE - INTERVAL '1' DAY", "FALSE", "equal"),
        ("seen > TIMESTAMP '2026-01-01T00:00:00Z'", "seen >= TIMESTAMP '2026-01-01T00:00:00.000001Z'", "equal"),
        ("CONTAINS(tags, 'a') AND CONTAINS(tags, 'b')", "CONTAINS(tags, 'a')", "narrower"),
        ("CONTAINS(tags, 'a')", "CONTAINS(tags, 'b')", "overlapping"),
        ("CONTAINS(tags, 'a')", "NOT CONTAINS(tags, 'a')", "disjoint"),
        ("CONTAINS(tags, 'a') OR NOT CONTAINS(tags, 'a')", "tags IS NOT NULL", "equal"),
    ],
)
def test_relation__rules_written_differently__names_how_they_stand(a: str, b: str, expected: str) -> None:
    assert kind(a, b) == expected


def test_always_true__condition_or_its_opposite__only_where_the_value_is_always_known() -> None:
    answer = PROVER.always_true(rule("orders > 5 OR NOT orders > 5"))

    assert answer.verdict is Verdict.REFUTED
    assert answer.witness is not None
    assert answer.witness.attributes == {"orders": None}
    assert PROVER.always_true(rule("known > 5 OR NOT known > 5")).is_proved
    assert PROVER.always_true(rule("orders > 5 OR NOT orders > 5 OR orders IS NULL")).is_proved


def test_never_true__value_outside_the_declared_range__proved_only_with_the_declaration() -> None:
    assert PROVER.never_true(rule("share > 100")).is_proved
    without = Prover({**CATALOGUE, "share": AttributeFacts("number")}, budget_ms=5000)
    answer = without.never_true(rule("share > 100"))
    assert answer.witness == Witness({"share": 101}, date(2026, 3, 1))


def test_facts__attribute_of_another_type_now__are_not_trusted() -> None:
    changed = Prover({**CATALOGUE, "orders": AttributeFacts("text", is_always_known=True)}, budget_ms=5000)
    answer = changed.always_true(rule("orders > 5 OR orders <= 5"))
    assert answer.is_refuted


def test_facts__order_of_attributes_of_which_one_has_another_type_now__is_not_trusted() -> None:
    changed = {**CATALOGUE, "started": AttributeFacts("text"), "ended": AttributeFacts("text", not_before="started")}
    prover = Prover(changed, budget_ms=5000)
    assert prover.implies(rule("ended IS NOT NULL AND started IS NOT NULL"), rule("ended >= started")).is_refuted


def test_facts__many_choices_under_patterns__witness_is_one_of_them() -> None:
    choices = tuple(f"Choice {number}" for number in range(500))
    catalogue = {"choice": AttributeFacts("enum", choices=choices)}
    many = any_of([Like(Attribute("choice", "enum"), f"%e_{number}%") for number in range(220)])
    answer = Prover(catalogue).never_true(Rule(many))
    assert not answer.is_proved
    assert answer.witness is None or answer.witness.attributes["choice"] in choices


def test_facts__attribute_that_is_not_in_the_catalogue__may_have_any_value() -> None:
    assert Prover({}, budget_ms=5000).relation(rule("orders > 3"), rule("whole > 3")).kind == "overlapping"


def test_facts__always_known_attribute_between_two__orders_them_though_no_rule_reads_it() -> None:
    catalogue = {
        "first": AttributeFacts("number", maximum=10),
        "middle": AttributeFacts("number", not_before="last", is_always_known=True),
        "last": AttributeFacts("number"),
    }
    chained = {**catalogue, "first": replace(catalogue["first"], not_before="middle")}
    text = "first < last"
    assert Prover(chained, budget_ms=5000).never_true(parse(text, chained)).is_proved
    loose = {**chained, "middle": replace(chained["middle"], is_always_known=False)}
    assert Prover(loose, budget_ms=5000).never_true(parse(text, loose)).is_refuted


@pytest.mark.parametrize(
    ("inside", "outside", "attributes"),
    [
        ("orders >= 3", "orders > 3", {"orders": 3}),
        ("orders > 3", "FALSE", {"orders": 4}),
        ("orders < 3", "FALSE", {"orders": 2}),
        ("orders > 3 AND orders < 4", "FALSE", {"orders": 3.5}),
        ("orders <> 5", "FALSE", {"orders": 4}),
        ("city <> 'Rome'", "FALSE", {"city": "a"}),
        ("city LIKE 'Ro%'", "city = 'Ro'", {"city": "Ro1"}),
        ("city = 'Rome' OR city = 'Oslo'", "city = 'Oslo'", {"city": "Rome"}),
        ("tags IS NOT NULL", "CONTAINS(tags, 'a')", {"tags": frozenset()}),
        ("TRUE", "seen > TIMESTAMP '2020-01-01'", {"seen": datetime(2020, 1, 1, tzinfo=UTC)}),
        ("seen > TIMESTAMP '2020-01-01'", "FALSE", {"seen": datetime(2026, 3, 1, 12, tzinfo=UTC)}),
        ("TRUE", "orders IS NOT NULL", {"orders": None}),
        ("mailable OR orders > 3", "mailable", {"mailable": False, "orders": 4}),
    ],
)
def test_implies__refuted__by_a_customer_that_people_can_take_in(
    inside: str, outside: str, attributes: dict[str, object]
) -> None:
    answer = PROVER.implies(rule(inside), rule(outside))
    assert answer.witness is not None
    assert answer.witness.attributes == attributes
    assert answer.witness.as_of == date(2026, 3, 1)


def test_implies__relative_and_absolute_dates__refuted_on_a_day_that_fits_the_witness() -> None:
    a, b = rule("started >= DATE '2030-01-01'"), rule("started > CURRENT_DATE")
    answer = PROVER.implies(a, b)
    assert answer.witness is not None
    assert matches(a, answer.witness.attributes, answer.witness.as_of) is True
    assert matches(b, answer.witness.attributes, answer.witness.as_of) is False


def test_covering__children_with_a_gap__names_somebody_in_it() -> None:
    parent, low, high = rule("orders > 0"), rule("orders <= 5"), rule("orders > 6")
    answer = PROVER.covering(parent, [low, high])
    assert answer.witness == Witness({"orders": 6}, date(2026, 3, 1))
    assert PROVER.covering(parent, [low, rule("orders > 5")]).is_proved
    assert PROVER.covering(rule("orders IS NULL OR orders > 0"), [low, high]).is_refuted


def test_exclusive__three_children__answers_for_each_pair() -> None:
    children = {"low": rule("orders <= 5"), "middle": rule("orders BETWEEN 5 AND 8"), "high": rule("orders > 8")}
    answers = PROVER.exclusive(children)
    assert {pair: answer.verdict for pair, answer in answers.items()} == {
        ("low", "middle"): Verdict.REFUTED,
        ("low", "high"): Verdict.PROVED,
        ("middle", "high"): Verdict.PROVED,
    }
    assert answers["low", "middle"].witness == Witness({"orders": 5}, date(2026, 3, 1))


def test_in_segment__rule_given__is_unfolded_through_other_segments() -> None:
    segments = {"regular": rule("orders >= 3"), "vip": rule("IN_SEGMENT('regular') AND mailable")}
    prover = Prover(CATALOGUE, segments=segments, budget_ms=5000)
    assert kind("IN_SEGMENT('vip')", "orders >= 3", prover) == "narrower"
    assert kind("IN_SEGMENT('vip') OR IN_SEGMENT('regular')", "orders > 2 AND orders > 2.5", prover) == "narrower"


def test_in_segment__rule_unknown_for_the_customer__is_no_membership() -> None:
    prover = Prover(CATALOGUE, budget_ms=5000, segments={"regular": rule("orders >= 3")})
    answer = prover.implies(rule("NOT IN_SEGMENT('regular')"), rule("orders < 3"))
    assert answer.witness == Witness({"orders": None}, date(2026, 3, 1))
    assert prover.always_true(rule("IN_SEGMENT('regular') OR NOT IN_SEGMENT('regular')")).is_proved


def test_in_segment__rule_not_given__may_hold_or_not() -> None:
    answer = PROVER.implies(rule("IN_SEGMENT('vip') OR mailable"), rule("mailable"))
    assert answer.witness is not None
    assert answer.witness.segments == {"vip": True}
    assert kind("IN_SEGMENT('vip')", "NOT IN_SEGMENT('vip')") == "disjoint"


def test_in_segment__segments_in_a_circle__undecided_and_named() -> None:
    segments = {"one": rule("IN_SEGMENT('two')"), "two": rule("NOT IN_SEGMENT('one')")}
    answer = Prover(CATALOGUE, segments=segments, budget_ms=5000).never_true(rule("IN_SEGMENT('one')"))
    assert answer.verdict is Verdict.UNDECIDED
    assert answer.reason == "Segments refer to each other in a circle: one, two, one."


@pytest.mark.parametrize(
    "text",
    [
        "city = 'Σάμος' AND LOWER(city) LIKE '%μ%'",
        "city LIKE 'Σ%' AND LOWER(city) > 'a'",
        "city > 'Ρ' AND city < 'Τ' AND city NOT LIKE 'Ρ%' AND LOWER(city) > 'ρ' AND LOWER(city) < 'τ'",
    ],
)
def test_never_true__lower_case_of_a_text_with_a_capital_sigma__is_not_claimed(text: str) -> None:
    answer = PROVER.never_true(rule(text))

    assert answer.is_refuted
    assert answer.witness is not None
    assert "Σ" in answer.witness.attributes["city"]


def test_lower__beside_another_attribute__is_never_claimed_without_a_witness() -> None:
    same = PROVER.relation(rule("LOWER(city) = region"), rule("city = region"))
    assert same.both.witness is not None
    assert PROVER.never_true(rule("LOWER(city) = city AND city = 'Rome'")).verdict is Verdict.UNDECIDED
    assert "too involved" in PROVER.never_true(rule("LOWER(city) = city AND city = 'Rome'")).reason


def test_like__more_patterns_than_can_be_followed__refuted_or_undecided_but_not_proved() -> None:
    a, b = Rule(Like(CITY, "%a" * 200 + "%")), Rule(Like(CITY, "%" + "a_" * 200 + "%"))
    began = perf_counter()
    relation = Prover(CATALOGUE).relation(a, b)
    assert relation.verdict is Verdict.UNDECIDED
    assert relation.reason
    assert perf_counter() - began < 5


def test_text__character_that_no_customer_can_have__undecided() -> None:
    odd = Rule(Compare(CITY, "<", Literal("text", "a\x00")))
    assert Prover(CATALOGUE).never_true(odd).verdict is Verdict.UNDECIDED


def test_budget__too_small__undecided_with_the_reason() -> None:
    answer = Prover(CATALOGUE, budget_ms=0).never_true(rule("orders > 3 AND orders < 3"))
    assert (answer.verdict, answer.reason) == (Verdict.UNDECIDED, "There was no time to decide it.")
    assert [found.code for found in Prover(CATALOGUE, budget_ms=0).findings(rule("orders > 3"))] == ["undecided"]


def test_budget__rule_that_is_hard_to_prove__undecided_in_time() -> None:
    began = perf_counter()
    answer = Prover({}, budget_ms=50).never_true(pigeons(9))
    assert answer.verdict is Verdict.UNDECIDED
    assert answer.reason == "It was not decided within 50 milliseconds."
    assert perf_counter() - began < 5
    assert PROVER.never_true(pigeons(3)).is_proved


def test_findings__rule_that_is_hard_to_examine__says_so_and_claims_nothing() -> None:
    found = Prover({}, budget_ms=5).findings(pigeons(9))
    assert [one.code for one in found] == ["undecided"]
    assert found[0].answer.verdict is Verdict.UNDECIDED
    assert found[0].words == "Not all conditions could be examined in the time there was."


def pigeons(holes: int) -> Rule:
    """One more pigeon than holes, no two in one: never true, and hard to see."""

    def sits(pigeon: int, hole: int) -> Flag:
        return Flag(Attribute(f"p{pigeon}_{hole}", "boolean"))

    somewhere = [any_of([sits(pigeon, hole) for hole in range(holes)]) for pigeon in range(holes + 1)]
    alone = [
        any_of([Not(sits(first, hole)), Not(sits(second, hole))])
        for hole in range(holes)
        for first in range(holes + 1)
        for second in range(first)
    ]
    return Rule(all_of([*somewhere, *alone]))


def test_size__lists_of_ten_thousand_values__decided_at_once() -> None:
    even, odd = (Rule(In(ORDERS, tuple(range(start, 20_000, 2)))) for start in (0, 1))
    names = Rule(In(CITY, tuple(f"City {number}" for number in range(10_000))))
    began = perf_counter()
    assert PROVER.relation(even, odd).kind == "disjoint"
    assert PROVER.relation(names, rule("city LIKE 'City%'")).kind == "narrower"
    assert perf_counter() - began < 5


def test_findings__each_kind__is_named_with_its_place_and_text() -> None:
    def found(text: str, within: str | None = None) -> list[tuple[str, tuple[int, ...], str]]:
        findings = PROVER.findings(rule(text), within=rule(within) if within else None)
        return [(one.code, one.path, one.clause) for one in findings]

    assert found("orders > 3 AND mailable") == []
    assert found("TRUE") == []
    assert found("orders > 5 AND orders < 3") == [("never_true", (), "orders > 5 AND orders < 3")]
    assert found("known > 5 OR known <= 5") == [("always_true", (), "known > 5 OR known <= 5")]
    assert found("orders > 5 AND orders > 3") == [("redundant_clause", (1,), "orders > 3")]
    assert found("orders > 3 AND orders > 3") == [("redundant_clause", (1,), "orders > 3")]
    assert found("orders > 5 OR orders > 3 OR mailable") == [("redundant_clause", (0,), "orders > 5")]
    dead = "orders > 5 AND orders < 3"
    assert found(f"({dead}) OR mailable") == [("dead_clause", (0,), dead)]
    assert found("mailable AND (orders > 5 OR NOT mailable)") == [("dead_clause", (1, 1), "NOT mailable")]
    assert found("NOT (mailable AND (known > 5 OR known <= 5))") == [("dead_clause", (0, 1), "known > 5 OR known <= 5")]
    assert found("orders > 3", within="orders > 5") == [("always_true", (), "orders > 3")]
    assert found("orders < 3", within="orders > 5") == [("never_true", (), "orders < 3")]
    assert found("orders > 3 AND mailable", within="orders > 5") == [("redundant_clause", (0,), "orders > 3")]


def test_relations__evidence_of_real_customers__takes_the_place_of_the_search() -> None:
    named = {"a": rule("orders > 3"), "b": rule("orders > 5"), "c": rule("mailable")}
    regions = {("a", "b"): Regions(True, False, True), ("a", "c"): Regions(True, True, True)}

    found = dict(PROVER.relations(named, known_possible=lambda a, b: regions.get((a, b), Regions())))

    assert {pair: relation.kind for pair, relation in found.items()} == {
        ("a", "b"): "wider",
        ("a", "c"): "overlapping",
        ("b", "c"): "overlapping",
    }
    assert found["a", "b"].only_a.is_refuted
    assert found["a", "b"].only_a.witness is None
    assert found["a", "b"].only_a.reason == "Real customers are there."
    assert found["b", "c"].only_a.witness is not None


def test_relations__same_rules_again__same_answers_and_witnesses() -> None:
    named = {"a": rule("orders > 3 OR city LIKE '%a%'"), "b": rule("orders > 5"), "c": rule("city > 'b'")}
    first, second = (dict(Prover(CATALOGUE, budget_ms=5000).relations(named)) for _ in range(2))
    assert first == second


def test_prover__one_in_each_of_two_threads__answer_as_one_alone() -> None:
    rules = [rule(f"orders > {number} AND city LIKE '%{number}%'") for number in range(6)]

    def kinds(_: int) -> list[str | None]:
        prover = Prover(CATALOGUE, budget_ms=5000)
        return [prover.relation(a, b).kind for a in rules for b in rules]

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(kinds, range(2))
    assert first == second == kinds(0)


@pytest.mark.parametrize(
    "changed",
    [
        {"minimum": 1},
        {"maximum": 1},
        {"is_whole": True},
        {"is_always_known": True},
        {"not_before": "whole"},
        {"type": "date"},
        {"choices": ("a",)},
    ],
)
def test_facts_digest__fact_of_an_attribute_that_is_read__changes_it(changed: dict[str, object]) -> None:
    before = facts_digest(CATALOGUE, ["orders", "city"])
    after = {**CATALOGUE, "orders": replace(CATALOGUE["orders"], **changed)}  # type: ignore[arg-type]
    assert facts_digest(after, ["orders", "city"]) != before
    assert facts_digest(after, ["city"]) == facts_digest(CATALOGUE, ["city"])
    assert facts_digest(CATALOGUE, ["city", "orders"]) == before


def test_facts_digest__label_or_attribute_joined_by_an_order__only_the_latter_changes_it() -> None:
    labelled = {**CATALOGUE, "orders": replace(CATALOGUE["orders"], label="Orders", description="All of them")}
    assert facts_digest(labelled, ["orders"]) == facts_digest(CATALOGUE, ["orders"])
    bounded = {**CATALOGUE, "started": replace(CATALOGUE["started"], minimum=date(2020, 1, 1))}
    assert facts_digest(bounded, ["reviewed"]) != facts_digest(CATALOGUE, ["reviewed"])


def test_witness__timestamps__are_aware_and_in_utc() -> None:
    answer = PROVER.never_true(rule("seen > TIMESTAMP '2026-05-01T00:00:00Z'"))
    assert answer.witness is not None
    seen = answer.witness.attributes["seen"]
    assert seen == datetime(2026, 5, 1, tzinfo=UTC) + timedelta(hours=1)
    assert seen.tzinfo is UTC


def test_package__imported__does_not_load_the_solver() -> None:
    program = "import sys, taxonomy.proofs as p; p.Prover({}); sys.exit('z3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_witness__before_a_day_that_other_days_hang_on__is_of_our_time() -> None:
    catalogue = {
        "first_on": AttributeFacts("date", is_always_known=True),
        "last_on": AttributeFacts("date", is_always_known=True, not_before="first_on"),
    }
    prover = Prover(catalogue, budget_ms=5000)
    answer = prover.never_true(parse("first_on < DATE '2017-04-01' AND last_on >= first_on", catalogue))
    assert answer.witness is not None
    assert answer.witness.attributes["first_on"].year >= 2000
