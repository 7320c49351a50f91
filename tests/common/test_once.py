"""What the parts of one page share is asked once, and forgotten with the page."""

from types import SimpleNamespace

from common.once import by_person, once_per_page, while_reading


def test_once_per_page__while_a_page_is_read__asks_once_for_each_key() -> None:
    asked: list[int] = []

    @once_per_page(lambda number: number)
    def double(number: int) -> int:
        asked.append(number)
        return 2 * number

    with while_reading(True):
        assert [double(2), double(2), double(3)] == [4, 4, 6]
    assert asked == [2, 3]
    with while_reading(True):
        double(2)
    assert asked == [2, 3, 2], "the next page asks anew"


def test_once_per_page__where_something_is_written__asks_every_time() -> None:
    asked: list[int] = []

    @once_per_page(lambda number: number)
    def double(number: int) -> int:
        asked.append(number)
        return 2 * number

    double(2), double(2)
    with while_reading(False):
        double(2), double(2)
    assert asked == [2, 2, 2, 2]


def test_by_person__of_two_people__differs() -> None:
    one, other = SimpleNamespace(pk=1, is_active=True), SimpleNamespace(pk=2, is_active=True)
    assert by_person(one) != by_person(other) and by_person(one) == by_person(SimpleNamespace(pk=1, is_active=True))
