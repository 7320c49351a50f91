"""Tones, moments, differences and the geometry of figures."""

from datetime import UTC, date, datetime, timedelta

import pytest

from common.looks import differences, figures, moments, people, tones

NOW = datetime(2026, 3, 4, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (timedelta(seconds=0), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=27), "27 days ago"),
        (timedelta(days=40), "23 Jan"),
        (timedelta(days=400), "28 Jan 2025"),
        (-timedelta(hours=2), "in 2 h"),
        (-timedelta(days=3), "in 3 days"),
    ],
)
def test_distance__of_an_instant__is_in_a_readers_words(gap: timedelta, said: str) -> None:
    assert moments.distance(NOW - gap, NOW) == said


def test_moment__in_another_zone__is_told_in_utc() -> None:
    from datetime import timezone

    assert moments.moment(NOW.astimezone(timezone(timedelta(hours=9)))) == "4 March 2026, 14:05 UTC"
    assert moments.day(date(2026, 3, 4)) == "4 March 2026"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.42, "0.4 s"),
        (4, "4 s"),
        (59.4, "59 s"),
        (200, "3 min 20 s"),
        (240, "4 min"),
        (7500, "2 h 5 min"),
        (7200, "2 h"),
        (172_799, "47 h 59 min"),
        (273_600, "3 days 4 h"),
        (604_800, "7 days"),
    ],
)
def test_duration__of_seconds__is_in_a_readers_words(seconds: float, said: str) -> None:
    assert moments.duration(seconds) == said


def test_tone__of_a_state__follows_the_word_and_is_quiet_for_a_new_word() -> None:
    assert tones.tone_of("in_review").name == "wait"
    assert tones.tone_of("In review").name == "wait"
    assert tones.tone_of("stale").name == "warn"
    assert tones.tone_of("never heard of") == tones.QUIET
    assert tones.words_of("changes_requested") == "Changes requested"


def test_difference__of_two_texts__rebuilds_both_sides() -> None:
    old, new = (
        "Households that buy fresh produce every week.",
        "Households that buy organic produce, every second week.",
    )
    found = list(differences.pieces(old, new))
    assert "".join(piece.text for piece in found if piece.kind != "added") == old
    assert "".join(piece.text for piece in found if piece.kind != "removed") == new
    assert [piece.text for piece in found if piece.kind == "removed"] == ["fresh"]


def test_difference__of_numbers__names_the_whole_number() -> None:
    found = list(differences.pieces("at least 0.1 and 1,200", "at least 0.15 and 1,250"))
    assert [(piece.kind, piece.text) for piece in found if piece.kind != "same"] == [
        ("removed", "0.1"),
        ("added", "0.15"),
        ("removed", "1,200"),
        ("added", "1,250"),
    ]


def test_difference__of_long_texts__is_made_line_by_line() -> None:
    lines = [f"clause number {number} of a very long rule" for number in range(2000)]
    changed = [*lines[:1000], "one new clause", *lines[1000:]]
    found = list(differences.pieces("\n".join(lines), "\n".join(changed)))
    assert [piece.text for piece in found if piece.kind == "added"] == ["one new clause\n"]
    assert not [piece for piece in found if piece.kind == "removed"]


@pytest.mark.parametrize(("value", "top"), [(0, 1), (1, 1), (3, 4), (312, 400), (2469, 2500), (100, 100), (0.3, 0.4)])
def test_nice_ceiling__of_a_number__is_round_and_not_below(value: float, top: float) -> None:
    assert figures.nice_ceiling(value) == pytest.approx(top)


def test_line__of_points_in_any_order__runs_in_time_with_its_baseline_at_zero() -> None:
    points = [{"at": NOW + timedelta(days=n), "value": v, "note": ""} for n, v in ((3, 400), (0, 0), (1, 200))]
    line = figures.line(points)
    assert [(mark.x, mark.y) for mark in line.marks] == [(0, 100), (33.33, 50), (100, 0)]
    assert [mark.label_side for mark in line.marks] == ["start", "middle", "end"]
    assert line.ticks == ((100, 0), (50, 200), (0, 400))


def test_line__of_nothing_or_one_point__still_has_a_scale() -> None:
    assert figures.line([]).points == ""
    assert figures.line([{"at": NOW, "value": 7}]).marks[0].x == 50


def test_percent__of_a_whole__stays_between_0_and_100() -> None:
    assert [figures.percent(*pair) for pair in ((1, 4), (5, 4), (-1, 4), (1, 0))] == [25, 100, 0, 0]


def test_person__of_any_kind__has_a_name_initials_and_one_shade() -> None:
    assert people.initials_of("Marek Ōta-Lindqvist") == "ML"
    assert people.initials_of("olive") == "O"
    assert people.initials_of(" ") == "?"
    assert people.shade_of("olive") == people.shade_of("olive")
    assert people.name_of("plain text") == "plain text"
