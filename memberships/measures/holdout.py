"""Whether what a segment claims also holds for customers that were not looked at. Formulas: docs/hold-out.md."""

import hashlib
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

HELD_SHARE = 0.3
ENOUGH = 30
LEVEL = 0.01
CONFIDENCE = 0.95
HOLDS, FAILS, TOO_FEW = "holds", "fails", "too_few"
_MIX = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Sample:
    """A measure among some customers: how many have it, its mean, and its variance (of a sample)."""

    known: int
    mean: float
    variance: float

    @property
    def error(self) -> float:
        """The squared standard error of the mean."""
        return self.variance / self.known if self.known else 0.0


@dataclass(frozen=True)
class Part:
    """One part of the customers: how many, how many of them are members, the measure inside and outside."""

    customers: int
    members: int
    inside: Sample
    outside: Sample

    @property
    def share(self) -> float:
        """The members' share of the part."""
        return self.members / self.customers if self.customers else 0.0

    @property
    def difference(self) -> float:
        """How much larger the measure is inside than outside, on average."""
        return self.inside.mean - self.outside.mean

    @property
    def error(self) -> float:
        """The standard error of the difference (Welch: the variances may differ)."""
        return sqrt(self.inside.error + self.outside.error)

    @property
    def lift(self) -> float | None:
        """The mean inside as a multiple of that outside; None where that says nothing."""
        return self.inside.mean / self.outside.mean if self.outside.mean > 0 and self.inside.mean >= 0 else None


@dataclass(frozen=True)
class Judgement:
    """What came of it: the verdict and, where there were enough customers, the figures that it rests on."""

    verdict: str
    figures: dict[str, Any]


def held_out(ordinals: npt.NDArray[np.unsignedinteger[Any]], salt: str) -> npt.NDArray[np.bool_]:
    """For each customer whether they are kept back: about 30 of 100, always the same for the same salt.

    A mixed hash (splitmix64) of the customer's number and the salt: it depends on nothing else, so neither on the order
    of the rows nor on who else is there.
    """
    seed = np.uint64(int.from_bytes(hashlib.sha256(salt.encode()).digest()[:8], "big"))
    with np.errstate(over="ignore"):
        mixed = (ordinals.astype(np.uint64) ^ seed) + np.uint64(_MIX[0])
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(_MIX[1])
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(_MIX[2])
        mixed ^= mixed >> np.uint64(31)
    kept: npt.NDArray[np.bool_] = mixed < np.uint64(int(HELD_SHARE * 2**64))
    return kept


def parts_of(
    ordinals: npt.NDArray[np.unsignedinteger[Any]],
    members: npt.NDArray[np.bool_],
    measured: npt.NDArray[np.float64],
    salt: str,
) -> tuple[Part, Part]:
    """The larger part and the one kept back. `measured` is NaN where a customer has no value."""
    held = held_out(ordinals, salt)
    return _part(members[~held], measured[~held]), _part(members[held], measured[held])


def judged(larger: Part, held: Part) -> Judgement:
    """Test on the part kept back what was claimed on the larger one.

    The share must not differ more than chance explains. Where the larger part shows a difference of the measure, the
    other must show one in the same direction, and not a clearly different one.
    """
    if held.members < ENOUGH or held.customers < 2 * ENOUGH:
        return Judgement(TOO_FEW, {"members": held.members, "customers": held.customers, "enough": ENOUGH})
    share = _share_test(larger, held)
    value = _value_test(larger, held)
    good = share["holds"] and (value is None or value["holds"])
    return Judgement(HOLDS if good else FAILS, {"share": share, "value": value})


def _part(members: npt.NDArray[np.bool_], measured: npt.NDArray[np.float64]) -> Part:
    inside, outside = measured[members], measured[~members]
    return Part(len(members), int(members.sum()), _sample(inside), _sample(outside))


def _sample(values: npt.NDArray[np.float64]) -> Sample:
    known = values[~np.isnan(values)]
    if len(known) < 2:
        return Sample(len(known), float(known.mean()) if len(known) else 0.0, 0.0)
    return Sample(len(known), float(known.mean()), float(known.var(ddof=1)))


def _share_test(larger: Part, held: Part) -> dict[str, Any]:
    """Two proportions, pooled: z = (p1 - p2) / sqrt(p (1 - p) (1/n1 + 1/n2))."""
    pooled = (larger.members + held.members) / (larger.customers + held.customers)
    error = sqrt(pooled * (1 - pooled) * (1 / larger.customers + 1 / held.customers)) if larger.customers else 0.0
    z = (larger.share - held.share) / error if error else 0.0
    chance = 2 * (1 - _NORMAL.cdf(abs(z)))
    return {
        "claimed": larger.share,
        "found": held.share,
        "z": round(z, 3),
        "chance": round(chance, 4),
        "holds": chance >= LEVEL,
    }


def _value_test(larger: Part, held: Part) -> dict[str, Any] | None:
    """Difference of means with Welch's interval; None where a side has too few values, or no difference is claimed."""
    samples = (larger.inside, larger.outside, held.inside, held.outside)
    if any(sample.known < ENOUGH for sample in samples):
        return None
    wide = _NORMAL.inv_cdf(1 - (1 - CONFIDENCE) / 2)
    if abs(larger.difference) <= wide * larger.error:
        return None
    low, high = held.difference - wide * held.error, held.difference + wide * held.error
    same_way = low > 0 if larger.difference > 0 else high < 0
    strict = _NORMAL.inv_cdf(1 - LEVEL / 2)
    close = abs(larger.difference - held.difference) <= strict * sqrt(larger.error**2 + held.error**2)
    return {
        "claimed": larger.difference,
        "found": held.difference,
        "low": low,
        "high": high,
        "claimed_lift": larger.lift,
        "found_lift": held.lift,
        "holds": bool(same_way and close),
    }
