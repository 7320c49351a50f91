"""How a person wants to be told."""

from dataclasses import dataclass
from typing import Any

from notifications.choices import Kind, default_mode
from notifications.models import Hours, Preference


@dataclass(frozen=True)
class KindPreference:
    """One kind with the mode that holds for the person, and whether they chose it themselves."""

    kind: str
    label: str
    mode: str
    is_chosen: bool


def preferences_of(person: Any) -> list[KindPreference]:
    """Every kind with its mode for the person."""
    chosen = dict(Preference.objects.filter(person_id=person.pk).values_list("kind", "mode"))
    return [
        KindPreference(value, str(label), chosen.get(value, default_mode(value)), value in chosen)
        for value, label in Kind.choices
    ]


def hours_of(person: Any) -> Hours:
    """The person's clock; the usual one where they set none."""
    return Hours.objects.filter(person_id=person.pk).first() or Hours(person_id=person.pk)
