"""Reading journeys: what is in force, earlier versions, and which moments segments serve."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from aims import policies
from aims.choices import Channel, JourneyStatus, VersionState
from aims.content import checked_journey
from aims.errors import JourneyUnknown
from aims.models import Journey, JourneyVersion
from common.errors import Invalid
from taxonomy.selectors import headings, tree_for
from taxonomy.selectors.effective import standings


@dataclass(frozen=True)
class LiveJourney:
    """What a journey says now, and in which version."""

    version_number: int
    content: dict[str, Any]


@dataclass(frozen=True)
class Moment:
    """One moment of truth in force: `ref` is how proposals name it."""

    ref: str
    journey_key: str
    journey_name: str
    key: str
    name: str
    stage: str
    stage_name: str
    decides: str
    channels: tuple[str, ...]
    segments: tuple[str, ...]

    @property
    def channel_words(self) -> str:
        """The channels in words."""
        return ", ".join(Channel(channel).label for channel in self.channels)


def checked_content(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content in its one written form; raises `JourneyInvalid`."""
    return checked_journey(content, frozenset(standings()))


def live_journey(key: str) -> LiveJourney | None:
    """What the journey says now; None when it is unknown or retired."""
    found = JourneyVersion.objects.filter(journey__key=key, state=VersionState.ACTIVE).first()
    return LiveJourney(found.number, dict(found.content)) if found else None


def journey_content_at(key: str, number: int) -> dict[str, Any]:
    """What the journey said in that version; `Invalid` when it never had it."""
    found = JourneyVersion.objects.filter(journey__key=key, number=number).first()
    if found is None:
        raise Invalid(f"The journey {key} has no version {number}.", code="unknown_version", pointer="/version")
    return dict(found.content)


def journeys_for(*, viewer: Any) -> QuerySet[JourneyVersion]:
    """The versions in force that the viewer may read, by name."""
    rows = JourneyVersion.objects.filter(state=VersionState.ACTIVE, journey__in=policies.aims.visible_journeys(viewer))
    return rows.select_related("journey").order_by("name", "pk")


def journey_for(*, viewer: Any, key: str) -> JourneyVersion:
    """The version in force, or the last one of a retired journey; raises `JourneyUnknown`."""
    rows = JourneyVersion.objects.filter(journey__key=key, journey__in=policies.aims.visible_journeys(viewer))
    found = rows.select_related("journey__successor", "created_by").order_by("-number").first()
    if found is None:
        raise JourneyUnknown(f"There is no journey with the key {key}.")
    return found


def journey_versions(journey: Journey) -> QuerySet[JourneyVersion]:
    """All versions, newest first."""
    return journey.versions.select_related("created_by").order_by("-number")


def moments_of(version: JourneyVersion) -> list[Moment]:
    """The moments of truth of one version, in the order of its stages."""
    names = {stage["key"]: stage["name"] for stage in version.content["stages"]}
    return [
        Moment(
            ref=f"{version.journey.key}/{row['key']}",
            journey_key=version.journey.key,
            journey_name=version.name,
            key=row["key"],
            name=row["name"],
            stage=row["stage"],
            stage_name=names.get(row["stage"], row["stage"]),
            decides=row["decides"],
            channels=tuple(row["channels"]),
            segments=tuple(row["segments"]),
        )
        for row in version.content["moments"]
    ]


def moments() -> list[Moment]:
    """All moments of truth in force, journey by journey."""
    rows = JourneyVersion.objects.filter(state=VersionState.ACTIVE).select_related("journey").order_by("name", "pk")
    return [moment for version in rows for moment in moments_of(version)]


def moments_of_segment(key: str) -> list[Moment]:
    """The moments that the segment serves."""
    return [moment for moment in moments() if key in moment.segments]


def known_moments(refs: Sequence[str]) -> tuple[list[Moment], list[str]]:
    """(the moments that these name, what names none): by reference, or by name in any case."""
    found = moments()
    by_name = {moment.name.casefold(): moment for moment in found} | {moment.ref.casefold(): moment for moment in found}
    named = [by_name[ref.casefold()] for ref in refs if ref.casefold() in by_name]
    return named, [ref for ref in refs if ref.casefold() not in by_name]


@dataclass(frozen=True)
class Orphan:
    """A segment in use that serves no moment of truth."""

    key: str
    name: str
    tier: str


def orphans_for(*, viewer: Any) -> list[Orphan]:
    """The segments in use that serve no moment of truth, in the order of the tree."""
    served = {key for moment in moments() for key in moment.segments}
    return [Orphan(row.key, row.name, row.tier) for row in tree_for(viewer) if row.key not in served]


def segment_names(found: Sequence[Moment]) -> dict[str, str]:
    """Key -> name of the segments that the moments link to."""
    keys = {key for moment in found for key in moment.segments}
    return {key: heading.name for key, heading in headings(keys).items()}


def journey_names(keys: set[str]) -> dict[str, str]:
    """Key -> name of these journeys as last enacted, in one query; none where no key is given."""
    if not keys:
        return {}
    rows = JourneyVersion.objects.filter(journey__key__in=keys).order_by("journey__key", "-number")
    return dict(rows.distinct("journey__key").values_list("journey__key", "name"))


def active_keys() -> list[str]:
    """The keys of journeys in use."""
    return list(Journey.objects.filter(status=JourneyStatus.ACTIVE).values_list("key", flat=True))
