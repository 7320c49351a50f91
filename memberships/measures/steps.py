"""The size of a segment over time as steps, thinned so that no peak, no version and nobody who moved is lost."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Step:
    """The size after a run, and who moved since the step before. It may stand for several runs: `changes` of them."""

    at: datetime
    number: int
    size: int
    version_id: int
    run_id: int
    cause: str
    entered: int
    left: int
    is_new_version: bool
    changes: int = 1

    @property
    def moved(self) -> int:
        return self.entered + self.left


def by_run(steps: Iterable[Step]) -> list[Step]:
    """One step for each run: the causes of one run come in several changes. Its cause is that of most moves."""
    found: list[Step] = []
    for step in steps:
        if found and found[-1].run_id == step.run_id:
            found[-1] = _joined(found[-1], step)
        else:
            found.append(step)
    return found


def _joined(first: Step, second: Step) -> Step:
    """Both as one; the size is that of the second."""
    return replace(
        second,
        cause=first.cause if first.moved > second.moved else second.cause,
        entered=first.entered + second.entered,
        left=first.left + second.left,
        is_new_version=first.is_new_version or second.is_new_version,
        changes=first.changes + second.changes - 1,
    )


def thinned(steps: Sequence[Step], most: int) -> list[Step]:
    """About `most` of the steps: of each stretch of time the smallest, the largest and the last size, and every new
    version. What moved in those left out is counted in the next that is kept, so that the sums stay."""
    if len(steps) <= most:
        return list(steps)
    kept = {0, len(steps) - 1, *(place for place, step in enumerate(steps) if step.is_new_version)}
    for stretch in _stretches(steps, max(1, most // 3)):
        kept |= {min(stretch, key=lambda place: steps[place].size), max(stretch, key=lambda place: steps[place].size)}
        kept.add(stretch[-1])
    return list(_gathered(steps, kept))


def _stretches(steps: Sequence[Step], count: int) -> Iterator[list[int]]:
    """The places of the steps by equal stretches of time; none is empty."""
    begin, end = steps[0].at, steps[-1].at
    width = (end - begin).total_seconds() / count or 1.0
    open_stretch, places = -1, list[int]()
    for place, step in enumerate(steps):
        stretch = min(count - 1, int((step.at - begin).total_seconds() / width))
        if places and stretch != open_stretch:
            yield places
            places = []
        open_stretch = stretch
        places.append(place)
    if places:
        yield places


def _gathered(steps: Sequence[Step], kept: set[int]) -> Iterator[Step]:
    entered = left = changes = 0
    for place, step in enumerate(steps):
        entered, left, changes = entered + step.entered, left + step.left, changes + step.changes
        if place in kept:
            yield replace(step, entered=entered, left=left, changes=changes)
            entered = left = changes = 0
