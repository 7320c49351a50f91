"""Clocks of values and names of customers: what wins does not depend on the order."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from customers.rows.clocks import NEVER, Clock, Profile, ages, clock_of, instant_text, profile_from
from customers.rows.facts import AttributeRow
from customers.rows.identity import Names
from customers.rows.told import Told, learn_names, with_sound_ids
from customers.rows.traits import Fault, trait_key, typed_traits

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
IDS = ("a", "b", "c", "d")
WRITES = st.lists(
    st.tuples(
        st.sampled_from(("k", "l")), st.sampled_from((None, 1, 2, "x")), st.integers(0, 3), st.sampled_from("mn")
    ),
    max_size=7,
)


def written(writes: list[tuple[str, Any, int, str]]) -> Profile:
    profile = Profile({"k": 0}, {}, instant_text(NOON + timedelta(minutes=1)))
    for key, value, minute, message in writes:
        profile.write(key, value, clock_of(NOON + timedelta(minutes=minute), message))
    return profile


@given(WRITES, st.randoms())
def test_write__any_order__same_profile(writes: list[tuple[str, Any, int, str]], chance: Any) -> None:
    shuffled = list(writes)
    chance.shuffle(shuffled)
    assert ages(written(writes)) == ages(written(shuffled))


@given(WRITES, WRITES, st.randoms())
def test_take_over__either_way__as_if_written_to_one(one: Any, other: Any, chance: Any) -> None:
    left, right = written(one), written(other)
    left.take_over(written(other))
    right.take_over(written(one))
    together = [*one, *other]
    chance.shuffle(together)
    assert ages(left) == ages(right) == ages(written(together))


def test_write__older_than_the_last_import__value_stays() -> None:
    profile = profile_from({"k": 1}, {}, NOON)
    assert not profile.write("k", 2, clock_of(NOON - timedelta(seconds=1), "m"))
    assert profile.write("k", 3, clock_of(NOON + timedelta(seconds=1), "m"))
    assert profile.values == {"k": 3}


def test_write__cleared__older_value_does_not_come_back() -> None:
    profile = Profile()
    assert profile.write("k", 1, clock_of(NOON, "a"))
    assert profile.write("k", None, clock_of(NOON + timedelta(minutes=2), "b"))
    assert not profile.write("k", 5, clock_of(NOON + timedelta(minutes=1), "c"))
    assert profile.values == {}
    assert profile.clock("k")[1] == "b"
    assert profile.clock("other") == NEVER


def test_write__same_instant__larger_message_id_wins_either_way() -> None:
    for first, second in (("m1", "m2"), ("m2", "m1")):
        profile = Profile()
        for message in (first, second):
            profile.write("k", message, clock_of(NOON, message))
        assert profile.values == {"k": "m2"}


def test_instant_text__any_moment__one_width_in_the_order_of_time() -> None:
    moments = [datetime(1, 1, 1, tzinfo=UTC), NOON, NOON.replace(microsecond=5), datetime(9999, 12, 31, tzinfo=UTC)]
    texts = [instant_text(moment) for moment in moments]
    assert {len(text) for text in texts} == {27}
    assert texts == sorted(texts)


def clock(minute: int) -> Clock:
    return clock_of(NOON + timedelta(minutes=minute), f"m{minute}")


def state(names: Names) -> tuple[Any, Any]:
    return (
        {name: (each.survivor, each.given_up, each.named) for name, each in names.former.items()},
        names.anonymous,
    )


@given(st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), min_size=1, max_size=5))
def test_names__aliases_in_any_order__same_survivors(pairs: list[tuple[str, str]]) -> None:
    told = [(previous, user, clock(number)) for number, (previous, user) in enumerate(pairs)]
    states = []
    for order in permutations(told):
        names = Names()
        for previous, user, at in order:
            names.alias(previous, user, at)
        states.append(state(names))
    assert all(each == states[0] for each in states)


def test_alias__chain__the_end_survives() -> None:
    names = Names()
    names.alias("b", "c", clock(1))
    names.alias("a", "b", clock(2))
    assert [names.survivor(name) for name in "abc"] == ["c", "c", "c"]


def test_alias__given_up_twice__the_newer_target_survives() -> None:
    names = Names()
    names.alias("a", "c", clock(2))
    names.alias("a", "b", clock(1))
    assert {names.survivor(name) for name in "abc"} == {"c"}


def test_alias__there_and_back__the_newer_word_counts() -> None:
    names = Names()
    names.alias("a", "b", clock(1))
    names.alias("b", "a", clock(2))
    assert names.survivor("b") == "a"
    names.alias("b", "b", clock(3))
    assert names.survivor("b") == "a"


def test_owner__anonymous_id__newest_link_else_alias() -> None:
    names = Names()
    assert names.owner("", "x") is None
    names.alias("x", "b", clock(1))
    assert names.owner("", "x") == "b"
    names.link("x", "u", clock(3))
    names.link("x", "v", clock(2))
    assert names.owner("", "x") == "u"
    names.alias("u", "w", clock(4))
    assert (names.owner("", "x"), names.owner("u", ""), names.owner("", "")) == ("w", "w", None)


def fact(key: str, kind: str, **more: Any) -> AttributeRow:
    return AttributeRow(key=key, label=key, type=kind, **more)


CATALOGUE = {
    one.key: one
    for one in (
        fact("seats", "number", minimum=0, is_whole=True),
        fact("plan_name", "text"),
        fact("is_member", "boolean"),
        fact("since", "date"),
        fact("seen_at", "timestamp"),
        fact("tier", "enum", choices=("gold",)),
        fact("diet", "text", sensitivity="special"),
    )
}


def test_typed_traits__fitting__stored_form_by_key_or_humps() -> None:
    traits = {
        "seats": "42", "planName": "Pro", "IsMember": "true", "since": "2026-01-31T00:00:00.000Z",
        "seenAt": "2026-01-31T10:00:00+01:00", "tier": None,
    }  # fmt: skip
    values, faults = typed_traits(traits, CATALOGUE)
    assert faults == []
    assert values == {
        "seats": 42, "plan_name": "Pro", "is_member": True, "since": "2026-01-31",
        "seen_at": "2026-01-31T09:00:00Z", "tier": None,
    }  # fmt: skip


def test_typed_traits__unfit__each_with_its_reason() -> None:
    odd = {
        "seats": "007",
        "plan_name": 5,
        "is_member": 1,
        "since": "2026-01-31T10:00:00Z",
        "tier": "lead",
        "x": {"y": 1},
    }
    values, faults = typed_traits({**odd, "diet": "vegan"}, CATALOGUE, open_to=("internal",))
    assert values == {}
    assert {each.key: each.code for each in faults} == {
        "seats": "wrong_type", "plan_name": "wrong_type", "is_member": "wrong_type", "since": "wrong_type",
        "tier": "not_a_choice", "x": "unknown_attribute", "diet": "above_rights",
    }  # fmt: skip
    assert [each.code for each in typed_traits({"seats": -1}, CATALOGUE)[1]] == ["below_minimum"]


def test_typed_traits__key_and_humps__the_key_counts() -> None:
    for names in (("plan_name", "planName"), ("planName", "plan_name")):
        values, _ = typed_traits({name: name for name in names}, CATALOGUE)
        assert values == {"plan_name": "plan_name"}
    assert trait_key("HTTPPlan", {"http_plan": CATALOGUE["tier"]}) == "http_plan"


def happened(kind: str, **ids: str) -> Told:
    return Told(1, NOON, NOON, "till", "m1", kind, **ids)


def test_with_sound_ids__spaces_and_slashes__cleaned_or_refused() -> None:
    sound = with_sound_ids(happened("identify", user_id=" a "))
    assert isinstance(sound, Told)
    assert sound.user_id == "a"
    odd = with_sound_ids(happened("track", user_id="a/b"))
    assert isinstance(odd, Fault)
    assert (odd.key, odd.code) == ("userId", "odd_id")
    for lame in (happened("alias", user_id="a"), happened("group", user_id="a")):
        assert isinstance(with_sound_ids(lame), Fault)


def test_learn_names__both_ids__linked_for_every_type() -> None:
    names = Names()
    learn_names(names, happened("track", user_id="u", anonymous_id="x"))
    assert names.anonymous["x"][0] == "u"
