"""Made-up histories of members, written as runs write them."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from pyroaring import BitMap

from common.clock import now
from customers.models import Customer
from memberships import bitmaps
from memberships.choices import Cause
from memberships.models import Current, Delta, Run, Snapshot
from memberships.selectors import chronicles, reading
from taxonomy.models import SegmentVersion

MICRO = [Cause.DATA, Cause.TIME, Cause.LATE, Cause.MERGE, Cause.CORRECTION]


def forget() -> None:
    """Let this process know nothing of members, like one that has just started."""
    chronicles._kept.clear()
    chronicles._open_packs.clear()
    for shelf in (reading._newest, reading._older):
        shelf._rows.clear()
        shelf._held = 0


class Writer:
    """Writes changes of one segment one after the other, from its first computation on."""

    def __init__(self, key: str, *, seed: int = 0, begin: datetime | None = None) -> None:
        self.rng = random.Random(seed)
        self.versions = list(SegmentVersion.objects.filter(segment__key=key).order_by("number"))
        self.segment_id = self.versions[0].segment_id
        self.version, self.previous = self.versions[0], None
        self.ordinals = sorted(Customer.objects.values_list("ordinal", flat=True))
        self.members = BitMap()
        self.at = begin or now() - timedelta(days=300)
        self.build_id = Run.objects.filter(build__isnull=False).values_list("build_id", flat=True)[0]
        Current.objects.filter(segment_id=self.segment_id).delete()
        Delta.objects.filter(segment_id=self.segment_id).delete()
        Snapshot.objects.filter(segment_id=self.segment_id).delete()

    def run(self, kind: str = "micro") -> Run:
        number = Run.objects.order_by("-pass_number").values_list("pass_number", flat=True)[0] or 0
        return Run.objects.create(
            kind=kind,
            state="succeeded",
            trigger="profiles",
            scope="all",
            build_id=self.build_id,
            as_of=self.at,
            output_digest="0" * 64,
            pass_number=number + 1,
            manifest={"rules": [{"key": "x"}], "segments": [{"segment": "x", "members": "0" * 64, "entered": 1}]},
            started_at=self.at,
            ended_at=self.at,
        )

    def change(self, *parts: tuple[str, set[int], set[int]], later: timedelta, snapshot: bool = False) -> Run:
        """One run with entered and left for each cause."""
        self.at += later
        run = self.run("full" if snapshot else "micro")
        for _, entered, left in parts:
            self.members = (self.members | BitMap(entered)) - BitMap(left)
        rows = [self._delta(run, *part) for part in parts]
        Delta.objects.bulk_create(rows)
        if snapshot:
            self.snapshot(run, rows[-1].pk)
        return run

    def _delta(self, run: Run, cause: str, entered: set[int], left: set[int]) -> Delta:
        return Delta(
            run=run,
            segment_id=self.segment_id,
            version=self.version,
            previous_version=self.previous,
            entered=bitmaps.to_bytes(BitMap(entered)),
            left=bitmaps.to_bytes(BitMap(left)),
            entered_count=len(entered),
            left_count=len(left),
            size=len(self.members),
            cause=cause,
            published_at=self.at,
        )

    def snapshot(self, run: Run, through: int) -> Snapshot:
        raw = bitmaps.to_bytes(self.members)
        return Snapshot.objects.create(
            run=run,
            segment_id=self.segment_id,
            version=self.version,
            members=raw,
            size=len(self.members),
            digest=bitmaps.digest_of_bytes(raw),
            through=through,
            published_at=self.at,
        )

    def moves(self) -> Iterator[tuple[str, set[int], set[int]]]:
        """Some who may enter and some who may leave, for one or more causes."""
        movers = self.rng.sample(self.ordinals, self.rng.randint(0, min(5, len(self.ordinals))))
        causes = self.rng.sample(MICRO, self.rng.randint(1, 3))
        for place, cause in enumerate(causes):
            mine = set(movers[place :: len(causes)])
            yield cause, mine - set(self.members), mine & set(self.members)

    def live(self, changes: int) -> None:
        """A first computation and that many runs after it."""
        first = set(self.rng.sample(self.ordinals, len(self.ordinals) // 2))
        self.change((Cause.FIRST, first, set()), later=timedelta(0), snapshot=True)
        self.previous = self.version
        for _ in range(changes):
            later = timedelta(seconds=self.rng.choice([0, 2, 3600, 90_000, 500_000]))
            if self.version is not self.versions[-1] and self.rng.random() < 0.1:
                self.version = self.versions[-1]
                (_, entered, left), *_ = self.moves()
                self.change((Cause.RULE, entered, left), later=later, snapshot=True)
                self.previous = self.version
            else:
                self.change(*self.moves(), later=later, snapshot=self.rng.random() < 0.15)

    def close(self) -> None:
        """Everybody leaves a retired segment."""
        self.change((Cause.RETIRED, set(), set(self.members)), later=timedelta(hours=1), snapshot=True)

    def stand(self) -> Current:
        """Make what was written the present."""
        last = Delta.objects.filter(segment_id=self.segment_id).latest("pk")
        return Current.objects.create(
            segment_id=self.segment_id,
            snapshot=Snapshot.objects.filter(segment_id=self.segment_id).latest("pk"),
            run_id=last.run_id,
            version=self.version,
            size=len(self.members),
            as_of=self.at,
            published_at=self.at,
            through=last.pk,
        )


def written(key: str, *, seed: int = 0, changes: int = 40, begin: datetime | None = None, **given: Any) -> Writer:
    """A random history of the segment, up to now."""
    writer = Writer(key, seed=seed, begin=begin)
    writer.live(changes)
    if given.get("retired"):
        writer.close()
    else:
        writer.stand()
    return writer
