"""What is not a rule: each refused by name and place, and at once."""

import re
import time

import pytest

from taxonomy.rules import LIMITS, RuleError, parse
from taxonomy.rules.limits import Limits
from tests.taxonomy.rule_catalogue import CATALOGUE

# text, code, column (line 1), a part of the detail
REFUSALS = [
    ("", "empty", 1, "is empty"),
    (" \n\t", "empty", 1, "is empty"),
    # names
    ("ordrs = 1", "unknown_attribute", 1, "Did you mean orders?"),
    ("Orders = 1", "unknown_attribute", 1, "Did you mean orders?"),
    ('"ORDERS" = 1', "unknown_attribute", 1, "Did you mean orders?"),
    ("xyzzy = 1", "unknown_attribute", 1, "no attribute xyzzy"),
    ('"" = 1', "unknown_attribute", 1, "no attribute"),
    ("home-city = 'x'", "not_in_language", 5, '"home-city" in double quotes'),
    ("2nd = 1", "invalid_number", 1, "not a number"),
    ("Größe = 1", "syntax", 1, '"Größe"'),
    ("t.orders = 1", "not_in_language", 2, "without a table"),
    # types
    ("orders", "not_a_condition", 1, "cannot stand alone"),
    ("1", "not_a_condition", 1, "cannot stand alone"),
    ("'true'", "not_a_condition", 1, "cannot stand alone"),
    ("CURRENT_DATE", "not_a_condition", 1, "cannot stand alone"),
    ("tags", "not_a_condition", 1, "cannot stand alone"),
    ("mailable AND city", "not_a_condition", 14, "city is a text"),
    ("NOT orders", "not_a_condition", 5, "orders is a number"),
    ("orders = '7'", "wrong_type", 10, "orders is a number, but '7' is a text"),
    ("'7' = orders", "wrong_type", 7, "they cannot be compared"),
    ("city = 7", "wrong_type", 8, "they cannot be compared"),
    ("orders = TRUE", "wrong_type", 10, "they cannot be compared"),
    ("mailable = 1", "wrong_type", 12, "they cannot be compared"),
    ("mailable = 'true'", "wrong_type", 12, "they cannot be compared"),
    ("mailable = '0'", "wrong_type", 12, "they cannot be compared"),
    ("orders = city", "wrong_type", 10, "they cannot be compared"),
    ("city = department", "wrong_type", 8, "they cannot be compared"),
    ("last_order = seen", "wrong_type", 14, "they cannot be compared"),
    ("last_order = '2026-01-31'", "wrong_type", 14, "Write DATE before it"),
    ("seen = '2026-01-31'", "wrong_type", 8, "Write TIMESTAMP before it"),
    ("seen > DATE '2026-01-31'", "wrong_type", 8, "they cannot be compared"),
    ("last_order > TIMESTAMP '2026-01-31'", "wrong_type", 14, "they cannot be compared"),
    ("seen >= CURRENT_DATE", "wrong_type", 9, "they cannot be compared"),
    ("orders BETWEEN 1 AND 'a'", "wrong_type", 22, "they cannot be compared"),
    ("orders IN (1, 'a')", "wrong_type", 15, "they cannot be compared"),
    ("LOWER(orders) = 'a'", "wrong_type", 1, "LOWER takes a text"),
    ("LOWER(city) = city_", "unknown_attribute", 15, "Did you mean city?"),
    ("LOWER(city) IS NULL", "wrong_type", 1, "without LOWER"),
    ("CONTAINS(city, 'a')", "wrong_type", 10, "takes a set"),
    ("mailable > FALSE", "operator_not_allowed", 1, "does not work on a boolean"),
    ("mailable BETWEEN FALSE AND TRUE", "operator_not_allowed", 1, "BETWEEN does not work"),
    ("tags = 'a'", "operator_not_allowed", 1, "Use CONTAINS"),
    ("tags IN ('a')", "operator_not_allowed", 1, "Use CONTAINS"),
    ("tags = tags", "operator_not_allowed", 1, "Use CONTAINS"),
    ("orders LIKE 'a'", "operator_not_allowed", 1, "LIKE does not work on a number"),
    ("last_order LIKE '2026%'", "operator_not_allowed", 1, "LIKE does not work on a date"),
    ("1 = 1", "no_attribute", 1, "values with each other"),
    ("CURRENT_DATE > DATE '2026-01-01'", "no_attribute", 1, "values with each other"),
    ("1 BETWEEN 0 AND 2", "no_attribute", 1, "values with each other"),
    ("1 IN (1)", "no_attribute", 1, "needs an attribute"),
    ("'a' LIKE 'a'", "no_attribute", 1, "needs an attribute"),
    ("1 IS NULL", "no_attribute", 1, "needs an attribute"),
    # choices
    ("department = 'Bakry'", "unknown_choice", 14, "Did you mean 'Bakery'?"),
    ("'bakery' = department", "unknown_choice", 1, "Did you mean 'Bakery'?"),
    ("department IN ('Deli', 'zzz')", "unknown_choice", 24, "Its choices are 'Bakery'"),
    ("department BETWEEN 'A' AND 'Deli'", "unknown_choice", 20, "Its choices are"),
    ("CONTAINS(channels, 'shops')", "unknown_choice", 20, "Did you mean 'shop'?"),
    # values
    ("orders = 1e400", "invalid_number", 10, "too large"),
    ("orders = -1e400", "invalid_number", 10, "too large"),
    ("orders = 1e-400", "invalid_number", 10, "too close to zero"),
    ("orders = 9007199254740993", "invalid_number", 10, "more digits than can be held"),
    ("orders = " + "1" * 65, "invalid_number", 10, "at most 64 characters"),
    ("orders = 1_000", "invalid_number", 10, "not a number"),
    ("orders = 0x1F", "invalid_number", 10, "not a number"),
    ("orders = 1e", "invalid_number", 10, "not a number"),
    ("orders = 1.2.3", "invalid_number", 10, "not a number"),
    ("orders = ١", "invalid_number", 10, "not a number"),
    ("orders = NaN", "unknown_attribute", 10, "no attribute NaN"),
    ("orders = -inf", "not_in_language", 10, "no arithmetic"),
    ("orders = +1", "not_in_language", 10, "no arithmetic"),
    ("last_order = DATE '2026-02-31'", "invalid_date", 14, "not a date"),
    ("last_order = DATE '2015-2-02'", "invalid_date", 14, "not a date"),
    ("last_order = DATE '0000-01-01'", "invalid_date", 14, "not a date"),
    ("last_order = DATE '10000-01-01'", "invalid_date", 14, "not a date"),
    ("last_order = DATE '2026-01-01 '", "invalid_date", 14, "not a date"),
    ("last_order = DATE ''", "invalid_date", 14, "not a date"),
    ("seen = TIMESTAMP '2026-01-01T24:00:00Z'", "invalid_timestamp", 8, "not a timestamp"),
    ("seen = TIMESTAMP '2026-01-01T10:00:60Z'", "invalid_timestamp", 8, "not a timestamp"),
    ("seen = TIMESTAMP '2026-01-01T10:00:00.1234567Z'", "invalid_timestamp", 8, "not a timestamp"),
    ("seen = TIMESTAMP '2026-01-01T10:00:00+99:00'", "invalid_timestamp", 8, "not a timestamp"),
    ("seen = TIMESTAMP '0001-01-01T00:00:00+01:00'", "invalid_timestamp", 8, "not a timestamp"),
    ("seen = TIMESTAMP 'now'", "invalid_timestamp", 8, "not a timestamp"),
    ("last_order > CURRENT_DATE - INTERVAL 'x' DAY", "invalid_interval", 38, "number of days"),
    ("last_order > CURRENT_DATE - INTERVAL '-1' DAY", "invalid_interval", 38, "number of days"),
    ("last_order > CURRENT_DATE - INTERVAL '99999999' DAY", "invalid_interval", 38, "number of days"),
    ("last_order > CURRENT_DATE - INTERVAL '1' MONTH", "not_in_language", 27, "Only whole days"),
    ("last_order > CURRENT_DATE - INTERVAL 1 DAY", "not_in_language", 27, "Only whole days"),
    ("last_order > CURRENT_DATE - 1", "not_in_language", 27, "Only whole days"),
    ("last_order > CURRENT_DATE + INTERVAL '1' DAY", "not_in_language", 27, "Only whole days"),
    ("last_order > CURRENT_DATE -", "not_in_language", 27, "Only whole days"),
    ("last_order > INTERVAL '1' DAY", "syntax", 14, "only after CURRENT_DATE"),
    ("city LIKE 'abc\\'", "invalid_pattern", 11, "ends in a backslash"),
    ("city LIKE 'abc\\\\\\'", "invalid_pattern", 11, "ends in a backslash"),
    (f"city LIKE '{'_' * 1001}'", "invalid_pattern", 11, "at most 1000"),
    ("city LIKE region", "not_a_value", 11, "pattern written as a text"),
    ("city LIKE 1", "not_a_value", 11, "pattern written as a text"),
    ("IN_SEGMENT('Not a key')", "invalid_key", 12, "not the key of a segment"),
    ("IN_SEGMENT('../../x')", "invalid_key", 12, "not the key of a segment"),
    ("city = 'a\u202eb'", "invalid_character", 8, "U+202E"),
    ("city = 'a\u200bb'", "invalid_character", 8, "U+200B"),
    ("city = 'a\x00b'", "invalid_character", 8, "U+0000"),
    ("city = 'a\nb'", "invalid_character", 8, "U+000A"),
    ("city = 'a\ud800b'", "invalid_character", 8, "U+D800"),
    ("orders\u00a0= 1", "invalid_character", 7, "U+00A0"),
    ("\ufefforders = 1", "invalid_character", 1, "U+FEFF"),
    ("orders = 1\x00", "invalid_character", 11, "U+0000"),
    # missing values
    ("orders = NULL", "null_comparison", 10, "IS NULL"),
    ("NULL", "null_comparison", 1, "IS NULL"),
    ("orders NOT IN (1, NULL)", "null_comparison", 19, "IS NULL"),
    ("orders IS TRUE", "syntax", 11, "NULL or NOT NULL"),
    ("orders IS NOT 1", "syntax", 15, "NULL should"),
    ("orders IS NOT DISTINCT FROM 1", "not_in_language", 15, "DISTINCT"),
    ("orders ISNULL", "not_in_language", 8, "IS NULL or IS NOT NULL"),
    # lists
    ("orders IN ()", "empty_list", 12, "empty"),
    ("orders IN 1", "syntax", 11, "list in parentheses"),
    ("orders IN (1,)", "syntax", 14, "a value should"),
    ("orders IN (1 2)", "syntax", 14, "operator"),
    ("orders IN (spend)", "not_a_value", 12, "only values"),
    ("last_order IN (CURRENT_DATE)", "not_a_value", 16, "only values"),
    ("orders IN (1", "syntax", 11, "never closed"),
    ("orders IN (1 AND 2)", "not_a_value", 12, "like a value"),
    ("orders IN ((1, 2))", "syntax", 14, "comma"),
    ("orders IN (SELECT 1)", "not_in_language", 12, "no sub-selects"),
    # shape
    ("orders =", "syntax", 9, "ends too early"),
    ("= 1", "syntax", 1, "a condition should"),
    ("orders == 1", "syntax", 9, "an attribute or a value should"),
    ("orders <=> 1", "syntax", 10, "an attribute or a value should"),
    ("orders = 1 = 1", "not_a_value", 1, "like a value"),
    ("orders < 1 < 2", "not_a_value", 1, "like a value"),
    ("(orders = 1) = TRUE", "not_a_value", 2, "like a value"),
    ("orders IN (1) IN (2)", "not_a_value", 1, "like a value"),
    ("orders BETWEEN 1", "syntax", 16, "AND of BETWEEN"),
    ("orders BETWEEN 1 OR 2", "syntax", 18, "AND of BETWEEN"),
    ("orders BETWEEN SYMMETRIC 2 AND 1", "syntax", 26, "operator"),
    ("orders NOT = 1", "syntax", 12, "BETWEEN, IN or LIKE"),
    ("mailable mailable", "syntax", 10, "operator"),
    ("mailable AND", "syntax", 13, "a condition is missing"),
    ("AND mailable", "syntax", 1, "a condition should"),
    ("NOT", "syntax", 4, "a condition is missing"),
    ("()", "syntax", 2, "a condition should"),
    ("(mailable", "syntax", 1, "never closed"),
    ("mailable)", "syntax", 9, "closes nothing"),
    ("mailable, member", "syntax", 9, "comma"),
    ("(mailable, member)", "syntax", 10, "comma"),
    ("CONTAINS(tags, 'a') = TRUE", "syntax", 21, "AND, OR or the end"),
    ("TRUE = CONTAINS(tags, 'a')", "syntax", 8, "an attribute or a value should"),
    ("CONTAINS(tags)", "syntax", 14, "Write CONTAINS(attribute, 'text')"),
    ("CONTAINS(tags, city)", "syntax", 16, "Write CONTAINS"),
    ("CONTAINS(tags, 'a', 'b')", "syntax", 19, "Write CONTAINS"),
    ("CONTAINS(", "syntax", 1, "not complete"),
    ("IN_SEGMENT(city)", "syntax", 12, "Write IN_SEGMENT('key')"),
    ("LOWER('A') = city", "syntax", 7, "Write LOWER(attribute)"),
    ("LOWER(LOWER(city)) = 'a'", "syntax", 12, "Write LOWER(attribute)"),
    ("LOWER(not) = 'a'", "syntax", 7, "Write LOWER(attribute)"),
    ("\"LOWER\"(city) = 'a'", "syntax", 8, "operator"),
    ("city = 'abc", "syntax", 8, "not closed"),
    ('"city = 1', "syntax", 1, "not closed"),
    ("city = 'a' 'b'", "syntax", 12, "operator"),
    # words and functions that were meant
    ("mailable ADN member", "syntax", 10, "Did you mean AND?"),
    ("orders BETWEN 1 AND 2", "syntax", 8, "Did you mean BETWEEN?"),
    ("city LKE 'a%'", "syntax", 6, "Did you mean LIKE?"),
    ("NTO mailable", "syntax", 5, "Did you mean NOT?"),
    ("orders IS NUL", "syntax", 11, "Did you mean NULL?"),
    ("LOWWER(city) = 'a'", "not_in_language", 1, "Did you mean LOWER?"),
    ("CONTAIN(tags, 'a')", "not_in_language", 1, "Did you mean CONTAINS?"),
    ("INSEGMENT('vip')", "not_in_language", 1, "Did you mean IN_SEGMENT?"),
    # SQL that is no rule
    ("orders = 1; DROP TABLE customers", "not_in_language", 11, ";"),
    ("orders = 1 -- all", "not_in_language", 12, "Comments"),
    ("orders /* x */ = 1", "not_in_language", 8, "Comments"),
    ("/*+ hint */ orders = 1", "not_in_language", 1, "Comments"),
    ("orders = 1 # all", "not_in_language", 12, "#"),
    ("{# x #} orders = 1", "not_in_language", 1, "Templates"),
    ("orders = {{ 1 }}", "not_in_language", 10, "Templates"),
    ("SELECT 1", "not_in_language", 1, "SELECT"),
    ("EXISTS (SELECT 1)", "not_in_language", 1, "EXISTS"),
    ("orders = ANY (ARRAY[1])", "not_in_language", 10, "ANY"),
    ("orders = (SELECT max(orders) FROM t)", "not_in_language", 11, "SELECT"),
    ("orders UNION SELECT 1", "not_in_language", 8, "UNION"),
    ("CASE WHEN mailable THEN TRUE END", "not_in_language", 1, "CASE"),
    ("CAST(orders AS text) = 'a'", "not_in_language", 1, "CAST"),
    ("orders::text = 'a'", "not_in_language", 7, "Casts"),
    ("'customers'::regclass = city", "not_in_language", 12, "Casts"),
    ("pg_sleep(10)", "not_in_language", 1, "pg_sleep(...)"),
    ("pg_read_file('/etc/passwd') = city", "not_in_language", 1, "pg_read_file(...)"),
    ("UPPER(city) = 'A'", "not_in_language", 1, "UPPER(...)"),
    ("lcase(city) = 'A'", "not_in_language", 1, "lcase(...)"),
    ("CURRENT_DATE() > last_order", "syntax", 13, "operator"),
    ("CURRENT_TIMESTAMP > seen", "not_in_language", 1, "CURRENT_TIMESTAMP"),
    ("now() > seen", "not_in_language", 1, "now(...)"),
    ("ROW(1) = ROW(1)", "not_in_language", 1, "ROW"),
    ("orders OPERATOR(pg_catalog.=) 1", "not_in_language", 8, "OPERATOR"),
    ("city COLLATE \"C\" = 'a'", "not_in_language", 6, "COLLATE"),
    ("city ILIKE 'a'", "not_in_language", 6, "ILIKE"),
    ("city SIMILAR TO 'a'", "not_in_language", 6, "SIMILAR"),
    ("city ~ 'a'", "not_in_language", 6, "Regular expressions"),
    ("city LIKE 'a' ESCAPE '#'", "not_in_language", 15, "ESCAPE"),
    ("city || 'a' = 'b'", "not_in_language", 6, "joined"),
    ("mailable || member", "not_in_language", 10, "OR"),
    ("mailable && member", "not_in_language", 10, "AND"),
    ("!mailable", "not_in_language", 1, "NOT"),
    ("mailable XOR member", "not_in_language", 10, "XOR"),
    ("orders + 1 = 2", "not_in_language", 8, "no arithmetic"),
    ("orders * 2 = 2", "not_in_language", 8, "no arithmetic"),
    ("orders / 2 = 2", "not_in_language", 8, "no arithmetic"),
    ("orders % 2 = 0", "not_in_language", 8, "no arithmetic"),
    ("orders = 9.0^100000", "not_in_language", 13, "no arithmetic"),
    ("orders = -(1)", "not_in_language", 10, "no arithmetic"),
    ("orders = $1", "not_in_language", 10, "Parameters"),
    ("orders = ?", "not_in_language", 10, "Parameters"),
    ("orders = :one", "not_in_language", 10, "parameters"),
    ("orders = @one", "not_in_language", 10, "Parameters"),
    ("city = $$a$$", "not_in_language", 8, "dollar quotes"),
    ("city = U&'\\0061'", "not_in_language", 9, "&"),
    ("city = E'a'", "syntax", 9, "operator"),
    ("city = N'a'", "syntax", 9, "operator"),
    ("city = x'61'", "syntax", 9, "operator"),
    ("`city` = 'a'", "not_in_language", 1, "double quotes"),
    ("[city] = 'a'", "not_in_language", 1, "parentheses"),
    ("city = 'x' OR 1 = 1 --", "not_in_language", 21, "Comments"),
    ("\\orders = 1", "not_in_language", 1, "\\"),
]


@pytest.mark.parametrize(("text", "code", "column", "part"), REFUSALS)
def test_parse__no_rule__is_refused_by_name_and_place(text: str, code: str, column: int, part: str) -> None:
    with pytest.raises(RuleError) as refusal:
        parse(text, CATALOGUE)
    first = refusal.value.errors[0]
    assert (first.code, first.place.line, first.place.column) == (code, 1, column)
    assert part in first.detail
    assert refusal.value.as_dicts()[0] == {
        "code": code,
        "detail": first.detail,
        "position": {"line": 1, "column": column},
    }


def test_parse__several_faults__names_all_in_order_with_lines() -> None:
    text = "ordrs > 1\n  AND department = 'Dely'\r\n  AND (seen > '2026'\rOR city LIKE 'ü\\')"
    with pytest.raises(RuleError) as refusal:
        parse(text, CATALOGUE)
    places = [(fault.code, fault.place.line, fault.place.column) for fault in refusal.value.errors]
    assert places == [
        ("unknown_attribute", 1, 1),
        ("unknown_choice", 2, 20),
        ("wrong_type", 3, 15),
        ("invalid_pattern", 4, 14),
    ]
    assert [fault.suggestion for fault in refusal.value.errors] == ["orders", "Deli", None, None]
    assert str(refusal.value).startswith("line 1, column 1: There is no attribute ordrs.")
    assert (refusal.value.line, refusal.value.column, refusal.value.suggestion) == (1, 1, "orders")


def test_parse__column__counts_characters_not_bytes() -> None:
    with pytest.raises(RuleError) as refusal:
        parse("city = '😀é' AND nope = 1", CATALOGUE)
    assert refusal.value.column == 17


def test_parse__something_that_is_no_text__is_refused() -> None:
    with pytest.raises(RuleError):
        parse(b"orders = 1", CATALOGUE)  # type: ignore[arg-type]


def test_limits__stay_as_they_are_promised() -> None:
    assert Limits() == LIMITS
    assert (LIMITS.text_bytes, LIMITS.depth, LIMITS.nodes, LIMITS.list_items) == (65536, 50, 1000, 10000)


BOMBS = [
    ("(" * 100_000, "too_long"),
    ("(" * 65_000, "too_deep"),
    ("(" * 51 + "mailable" + ")" * 51, "too_deep"),
    ("(" * 30_000 + "mailable" + ")" * 30_000, "too_deep"),
    ("NOT " * 51 + "mailable", "too_deep"),
    ("NOT " * 16_000 + "mailable", "too_deep"),
    ("NOT (" * 26 + "mailable" + ")" * 26, "too_deep"),
    ("(TRUE OR (TRUE AND " * 25 + "mailable" + "))" * 25, "too_deep"),
    ("orders IN (" + ",".join("1" for _ in range(1_000_000)) + ")", "too_long"),
    ("orders IN (" + ",".join("1" for _ in range(30_000)) + ")", "list_too_long"),
    (" OR ".join(["mailable"] * 1_000), "too_large"),
    (" AND ".join(["mailable"] * 5_000), "too_large"),
    ("=".join(["mailable"] * 5_000), "too_large"),
    ("orders = " + "9" * 60_000, "invalid_number"),
    ("orders = 1e" + "9" * 50_000, "invalid_number"),
    ("city = '" + "a" * 70_000 + "'", "too_long"),
    ("city = '" + "é" * 33_000 + "'", "too_long"),
    ("city = '" + "'" * 60_000, "syntax"),
    ("'" * 65_001, "syntax"),
    ('"' * 65_001, "syntax"),
    ("--" * 30_000, "not_in_language"),
    ("/*" * 30_000, "not_in_language"),
    ("- " * 30_000, "not_in_language"),
    ("LOWER(" * 10_000, "syntax"),
    ("CURRENT_DATE - " * 4_000, "not_in_language"),
    ("," * 60_000, "syntax"),
    (" " * 65_000, "empty"),
    ("a" * 65_000, "unknown_attribute"),
    (" OR ".join(f"missing{n} = 1" for n in range(999)), "unknown_attribute"),
    ("x IN(" + ",".join("1" for _ in range(9_999)) + ")" + " " * 30_000, "unknown_attribute"),
]


@pytest.mark.parametrize(("text", "code"), BOMBS, ids=[f"{n}-{code}" for n, (_, code) in enumerate(BOMBS)])
def test_parse__bomb__is_refused_at_once(text: str, code: str) -> None:
    started = time.process_time()
    with pytest.raises(RuleError) as refusal:
        parse(text, CATALOGUE)
    assert refusal.value.code == code
    assert refusal.value.line is not None
    assert len(str(refusal.value)) < 20_000
    assert time.process_time() - started < 2


def test_parse__canonical_text_beyond_the_limit__is_refused_though_the_text_is_within() -> None:
    text = "orders IN(" + ",".join(str(number) for number in range(100_000, 109_000)) + ")"
    assert len(text) < LIMITS.text_bytes
    with pytest.raises(RuleError, match="Written out in full"):
        parse(text, CATALOGUE)


def test_refusals__every_message__is_a_sentence_that_shows_no_hidden_character() -> None:
    for text, *_ in REFUSALS:
        with pytest.raises(RuleError) as refusal:
            parse(text, CATALOGUE)
        for fault in refusal.value.errors:
            assert fault.detail.endswith((".", "?"))
            assert not re.search(r"[\x00-\x1f\u200b-\u200f\u202a-\u202e\ud800-\udfff]", fault.detail)
