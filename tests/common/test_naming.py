"""The linter of names: shape, empty words, twins, look-alike letters, hidden characters (list B16)."""

import unicodedata
from typing import Any

import pytest
from confusable_homoglyphs import confusables
from hypothesis import given, settings
from hypothesis import strategies as st

from common.lookalikes import looks_of, plain_form
from common.naming import NameKind, faults_of_name, refusals

CYRILLIC_VIP = "V\u0456\u0440"


def refused(name: str, kind: NameKind = "segment", others: tuple[str, ...] = ()) -> set[str]:
    return {fault.code for fault in faults_of_name(name, kind=kind, others=others) if not fault.is_remark}


def remarked(name: str, others: tuple[str, ...] = ()) -> set[str]:
    return {fault.code for fault in faults_of_name(name, kind="segment", others=others) if fault.is_remark}


@pytest.mark.parametrize(
    "name",
    ["VIP", "Vip customers", "B2B", "Quiet, and worth a call", "Trips in 365 days", "Fresh (30 days)", "Rosé lovers",
     "Zürich Ost", "東京の客", "Покупатели", "Orders, 90 days", "Share of spend, %", "Own-label regulars",
     "Club of € 100", "Ünsal’s list", "Household_size", "65+", "18–24 year olds", "100% loyal", "$100+ spenders",
     "#1 fans", "A/B buyers", "O'Neill accounts"],
)  # fmt: skip
def test_name__sound__passes(name: str) -> None:
    assert faults_of_name(name, kind="segment", others=["Something else"]) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("-5 % club", "first_character"),
        ("(new) buyers", "first_character"),
        ("Two  spaces", "spaces"),
        (" lead", "spaces"),
        ("Buyers.", "last_character"),
        ("Buyers -", "last_character"),
        ("VIP CUSTOMERS OF BERLIN", "all_capitals"),
        ("SHOUTING", "all_capitals"),
        ("x", "too_short"),
        ("test", "reserved"),
        ("New Segment", "reserved"),
        ("  SEGMENT", "reserved"),
        ("TBD", "reserved"),
        ("N/A", "reserved"),
        ("Other", "reserved"),
        ("null", "reserved"),
        ("Smile 😀 club", "character"),
        ("{{ 7*7 }} club", "first_character"),
        ("Club {{ 7*7 }}", "character"),
        ("USA EAST COAST", "all_capitals"),
        ("B2B SMB EU", "all_capitals"),
    ],
)
def test_name__of_poor_style__remarked_with_what_to_do(name: str, code: str) -> None:
    found = {fault.code: fault for fault in faults_of_name(name, kind="segment", others=[])}
    assert found[code].is_remark and found[code].suggestion.endswith(".")
    assert found[code].as_error("/name")["pointer"] == "/name"
    assert refusals(found.values(), "/name") == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("V𝐢p", "special_form"),
        ("Ｖｉｐ", "special_form"),
        ("Vi\u200bp", "invisible_character"),
        ("Vіp", "mixed_scripts"),
    ],
)
def test_name__that_deceives__refused_with_what_to_do(name: str, code: str) -> None:
    found = {fault["code"]: fault for fault in refusals(faults_of_name(name, kind="segment", others=[]), "/name")}
    assert found[code]["suggestion"].endswith(".")


def test_label__of_another_attribute__remarked_and_look_alike_refused() -> None:
    taken = faults_of_name("Orders", kind="attribute", others=["orders"])
    assert [(fault.code, fault.is_remark) for fault in taken] == [("name_taken", True)]
    assert refusals(faults_of_name("VIP", kind="attribute", others=["VІP"]), "/label")


@pytest.mark.parametrize(("name", "code"), [("A " + "very " * 13 + "long name", "long"), ("Buyers tbd", "unfinished")])
def test_name__hard_to_read__only_remarked(name: str, code: str) -> None:
    assert (refused(name), code in remarked(name)) == (set(), True)


@pytest.mark.parametrize(
    "twin", ["VIP customers", "vip  customers", "Vip-customers", "Vip, customers", "Ｖip customers", "vıp customers"]
)
def test_name__reads_like_another__refused(twin: str) -> None:
    assert refused(twin, others=("Vip customers",)) & {"name_taken", "name_look_alike"}


@pytest.mark.parametrize("other", ["Vip customers 2", "Vip customer", "100 % vip customers", "Non-vip customers"])
def test_name__differs_in_a_word__passes(other: str) -> None:
    assert not refused("Vip customers", others=(other,))


def test_name__cyrillic_twin__refused_and_named() -> None:
    faults = {fault.code: fault for fault in faults_of_name(CYRILLIC_VIP, kind="segment", others=["Vip"])}
    assert {"mixed_scripts", "name_look_alike"} <= set(faults)
    assert "“Vip”" in faults["name_look_alike"].detail
    # A word that is Cyrillic throughout mixes nothing, and looks the same all the same.
    assert refused("сосо", others=("coco",)) == {"name_look_alike"}
    assert refused("сосо") == set()


def test_name__alike_in_plain_letters__only_remarked() -> None:
    assert "name_look_alike" in remarked("Modem owners", others=("Modern owners",))
    assert not refused("Modem owners", others=("Modern owners",))


def test_name__words_of_two_alphabets__only_remarked() -> None:
    assert (refused("VIP клиенты"), remarked("VIP клиенты")) == (set(), {"many_scripts"})


@pytest.mark.parametrize(
    "hidden",
    ["\u202e", "\u202d", "\u2066", "\u2069", "\u200e", "\u061c", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff",
     "\u00ad", "\u034f", "\u115f", "\u3164", "\ufe0f", "\U000e0041", "\u2028", "\x00", "\x1b", "\ue000", "\ud800"],
)  # fmt: skip
def test_name__invisible_or_turning_character__refused(hidden: str) -> None:
    assert refused(f"Vip{hidden}s") == {"invisible_character"}


def test_name__combining_marks__counted_apart_from_letters_that_have_them() -> None:
    assert refused(unicodedata.normalize("NFD", "Café Ünion")) == set()
    assert refused("V\u0307\u0308\u0309ips") == {"loose_marks"}
    assert refused("Vip\u0338s", others=("Vips",)) == {"name_look_alike"}


def _twins() -> list[tuple[str, str]]:
    """(letter, its double) for every small Latin letter and up to 12 doubles that are single letters."""
    found = []
    for letter in "abcdefghijklnopqrstuvxyz":
        doubles = [entry["c"] for entry in confusables.confusables_data.get(letter, ())]
        found += [
            (letter, double) for double in doubles if len(double) == 1 and double.isalpha() and not double.isascii()
        ][:12]
    return found


@pytest.mark.parametrize(("letter", "double"), _twins())
def test_name__one_letter_replaced_by_its_double__refused(letter: str, double: str) -> None:
    name = f"Club {letter}lpine"
    assert refused(name.replace(letter + "l", double + "l"), others=(name,)), f"U+{ord(double):04X}"


@pytest.mark.parametrize(
    ("kind", "key", "code"),
    [
        ("attribute key", "select", "keyword"),
        ("attribute key", "in_segment", "keyword"),
        ("attribute key", "test", "reserved"),
        ("segment key", "new-segment", "reserved"),
        ("segment key", "segment", "reserved"),
        ("segment key", "90_days", "first_character"),
        ("objective key", "fresh_", "separators"),
        ("objective key", "fresh--food", "separators"),
    ],
)
def test_key__hard_to_read__taken_with_a_remark_as_client_programs_are_promised(
    kind: NameKind, key: str, code: str
) -> None:
    assert refused(key, kind=kind, others=("orders_90d",)) == set()
    assert [fault.code for fault in faults_of_name(key, kind=kind, others=[])] == [code]


def test_key__reads_like_another__refused() -> None:
    assert refused("orders-90d", kind="attribute key", others=("orders_90d",)) == {"name_taken"}


def test_key__sound_or_no_key_at_all__left_to_its_own_check() -> None:
    for key in ("orders_90d", "fresh-food", "select_share", "name", "No Key!"):
        assert faults_of_name(key, kind="attribute key", others=[]) == []
    # A segment may be called by a word of SQL: no rule writes its key bare.
    assert faults_of_name("order", kind="segment key", others=[]) == []


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=20), st.sampled_from(["segment", "attribute", "objective", "segment key"]))
def test_faults__any_text__an_answer_and_its_own_twin(name: str, kind: Any) -> None:
    faults_of_name(name, kind=kind, others=["Vip", name[::-1]])
    assert plain_form(plain_form(name)) == plain_form(name)
    if looks_of(name) and kind == "segment" and not refused(name):
        assert "name_taken" in refused(name, others=(name,))
