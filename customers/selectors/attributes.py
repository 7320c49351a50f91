"""Reading the catalogue."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from common.actors import SYSTEM
from common.providers import providers
from common.uses import Use
from customers.choices import ORDERED_TYPES
from customers.errors import NoSuchAttribute
from customers.models import Attribute, ProfileBuild
from customers.policies import AttributePolicy, visible_sensitivities
from customers.rows import AttributeRow, could_be_key, ordered_value, read_derivation


@dataclass(frozen=True)
class Quality:
    """What the newest measured build found for one attribute; `as_of` is None before the first build."""

    filled: int | None = None
    total: int | None = None
    rate: float | None = None
    distinct: int | None = None
    low: Any = None
    high: Any = None
    top: tuple[tuple[Any, int], ...] = ()
    as_of: Any = None
    build_number: int | None = None


@dataclass(frozen=True)
class AttributeLine:
    """One attribute with its quality."""

    attribute: Attribute
    quality: Quality

    @property
    def is_below_threshold(self) -> bool:
        """Whether fewer customers have a value than the attribute's threshold asks for."""
        return self.quality.rate is not None and self.quality.rate < self.attribute.quality_threshold


def row_of(attribute: Attribute) -> AttributeRow:
    """The facts of the attribute as plain values."""
    return AttributeRow(
        key=attribute.key,
        label=attribute.label,
        type=attribute.type,
        unit=attribute.unit,
        choices=tuple(attribute.choices),
        description=attribute.description,
        dimension=attribute.dimension,
        sensitivity=attribute.sensitivity,
        source_key=attribute.source.key if attribute.source else "",
        purposes=tuple(attribute.purposes),
        version=attribute.version,
        minimum=ordered_value(attribute.type, attribute.minimum),
        maximum=ordered_value(attribute.type, attribute.maximum),
        is_whole=attribute.is_whole,
        is_always_known=attribute.is_always_known,
        not_before=attribute.not_before.key if attribute.not_before else None,
        derivation=read_derivation(attribute.derivation) if attribute.derivation else None,
        is_retired=attribute.retired_at is not None,
    )


def attribute_facts() -> dict[str, AttributeRow]:
    """Key -> facts of every attribute, by key."""
    return attribute_facts_for(viewer=SYSTEM)


def attribute_facts_for(*, viewer: Any, keys: Collection[str] | None = None) -> dict[str, AttributeRow]:
    """Key -> facts of the attributes that the viewer may see, by key; of those named alone where they are named."""
    rows = AttributePolicy().visible(viewer).select_related("source", "not_before").order_by("key")
    if keys is not None:
        rows = rows.filter(key__in=keys)
    return {attribute.key: row_of(attribute) for attribute in rows}


def visible_attribute_keys(viewer: Any) -> frozenset[str]:
    """Keys of the attributes whose values the viewer may see, filter by and use in a rule."""
    return frozenset(AttributePolicy().visible(viewer).values_list("key", flat=True))


def visible_among(viewer: Any, rows: Mapping[str, AttributeRow]) -> frozenset[str]:
    """The same of rows that are at hand; asks nothing of the database but the viewer's roles."""
    seen = visible_sensitivities(viewer)
    return frozenset(key for key, row in rows.items() if row.sensitivity in seen)


def attribute_for(*, viewer: Any, key: str) -> Attribute:
    """The attribute; a hidden one reads like one that is not there."""
    rows = AttributePolicy().visible(viewer).select_related("source", "steward", "not_before", "successor")
    found = rows.filter(key=key).first() if could_be_key(key) else None
    if found is None:
        raise NoSuchAttribute(f"There is no attribute “{key}”.")
    return found


def comparable_for(*, viewer: Any, but: str = "") -> list[tuple[str, str]]:
    """(key, label with type) of the visible attributes in use whose values have an order, by label."""
    ordered = AttributePolicy().visible(viewer).filter(type__in=ORDERED_TYPES, retired_at=None)
    rows = ordered.exclude(key=but).order_by("label", "key")
    return [(row.key, f"{row.label} ({row.get_type_display().lower()})") for row in rows]


def attributes_for(
    *, viewer: Any, dimension: str = "", source: str = "", kind: str = "", text: str = ""
) -> QuerySet[Attribute]:
    """The attributes that the viewer may see, by label, narrowed by dimension, source, type and a text in label, key
    or description.
    """
    rows = AttributePolicy().visible(viewer).order_by("label", "key")
    rows = rows.select_related("source", "steward", "not_before", "successor")
    # PostgreSQL takes no NUL, wherever it stands; nothing that is stored holds one.
    dimension, source, kind, text = (given.replace("\x00", "") for given in (dimension, source, kind, text))
    if dimension:
        rows = rows.filter(dimension=dimension)
    if source:
        rows = rows.filter(source__key=source)
    if kind:
        rows = rows.filter(type=kind)
    if text:
        rows = rows.filter(Q(label__icontains=text) | Q(key__icontains=text) | Q(description__icontains=text))
    return rows


def _measured() -> ProfileBuild | None:
    return ProfileBuild.objects.exclude(quality={}).order_by("-number").first()


def _quality(build: ProfileBuild | None, key: str) -> Quality:
    found: Mapping[str, Any] | None = build.quality.get(key) if build else None
    if build is None or found is None:
        return Quality()
    return Quality(
        filled=found["filled"],
        total=found["total"],
        rate=found["rate"],
        distinct=found["distinct"],
        low=found.get("low"),
        high=found.get("high"),
        top=tuple((value, count) for value, count in found.get("top", ())),
        as_of=build.as_of,
        build_number=build.number,
    )


def attribute_quality(key: str) -> Quality:
    """What the newest measured build found for the attribute."""
    return _quality(_measured(), key)


def attribute_uses(key: str) -> list[Use]:
    """Where the apps above use the attribute."""
    return [use for provider in providers("ATTRIBUTE_USES") for use in provider(key)]


def attribute_lines_for(*, viewer: Any, **narrowed: str) -> list[AttributeLine]:
    """The catalogue as a list, each attribute with its quality."""
    build = _measured()
    return [
        AttributeLine(attribute, _quality(build, attribute.key))
        for attribute in attributes_for(viewer=viewer, **narrowed)
    ]


_FIELD_WORDS = {
    "is_live": "live rules use it",
    "quality_threshold": "fill rate to reach",
    "description": "definition",
    "is_whole": "whole numbers only",
    "is_always_known": "always known",
    "not_before": "never before",
    "derivation": "how it is computed",
    "retired_at": "retired",
}


def attribute_changes(attribute: Attribute) -> list[Any]:
    """What was said of the attribute, newest first: history rows with `changed_labels` against the row before."""
    rows = list(attribute.history.select_related("history_user").order_by("-history_date", "-history_id")[:20])
    for newer, older in zip(rows, [*rows[1:], None], strict=True):
        changes = newer.diff_against(older, excluded_fields=["changed_at", "version"]) if older else None
        newer.changed_labels = [_FIELD_WORDS.get(field, field) for field in changes.changed_fields] if changes else []
    return rows
