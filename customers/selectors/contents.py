"""What an attribute says, as the content that proposals carry: read from the catalogue, and checked before it goes
in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from accounts.selectors import user_by_username
from common.digests import digest_of
from common.errors import DomainError
from common.keys import check_key
from common.naming import NameFault, faults_of_name, refusals
from common.texts import clean_text
from customers.choices import AttributeType, Dimension, Grain, Sensitivity
from customers.errors import InvalidAttribute
from customers.models import Attribute
from customers.rows import RESERVED_KEYS, could_be_key
from customers.selectors.declarations import DECLARED, checked_declarations
from customers.selectors.derivations import checked_derivation
from customers.selectors.retirement import retired_among
from customers.selectors.sources import source_by_key

FIELDS: Final = (
    "label", "description", "type", "dimension", "unit", "choices", "source", "steward", "sensitivity", "purposes",
    "grain", "quality_threshold", *DECLARED, "derivation",
)  # fmt: skip
_MAX_CHOICES: Final = 500
_WORDS: Final[dict[str, tuple[Any, str | None]]] = {
    "type": (AttributeType, None),
    "dimension": (Dimension, None),
    "sensitivity": (Sensitivity, Sensitivity.INTERNAL.value),
    "grain": (Grain, Grain.ACCOUNT.value),
}


@dataclass(frozen=True)
class LiveContent:
    """What an attribute says now, with its version and the digest of the content."""

    version_number: int
    version_id: int
    content: dict[str, Any]
    digest: str


def content_of(attribute: Attribute) -> dict[str, Any]:
    """The content of an attribute: names and plain values, no ids."""
    return {
        "label": attribute.label,
        "description": attribute.description,
        "type": attribute.type,
        "dimension": attribute.dimension,
        "unit": attribute.unit,
        "choices": list(attribute.choices),
        "source": attribute.source.key if attribute.source else None,
        "steward": attribute.steward.get_username() if attribute.steward else None,
        "sensitivity": attribute.sensitivity,
        "purposes": list(attribute.purposes),
        "grain": attribute.grain,
        "quality_threshold": attribute.quality_threshold,
        "minimum": attribute.minimum,
        "maximum": attribute.maximum,
        "is_whole": attribute.is_whole,
        "is_always_known": attribute.is_always_known,
        "not_before": attribute.not_before.key if attribute.not_before else None,
        "derivation": attribute.derivation,
    }


def live_content(key: str) -> LiveContent | None:
    """What the attribute says now; None where there is no such attribute, or it was retired."""
    rows = Attribute.objects.filter(retired_at=None).select_related("source", "steward", "not_before")
    found = rows.filter(key=key).first() if could_be_key(key) else None
    if found is None:
        return None
    content = content_of(found)
    return LiveContent(found.version, found.pk, content, digest_of(content))


_WITHOUT_MEANING: Final = ("label", "steward", "quality_threshold")


def meanings_of(keys: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Version and digest of what each attribute in use means, by key, in one query; another label changes nothing."""
    rows = Attribute.objects.filter(key__in=set(keys), retired_at=None)
    rows = rows.select_related("source", "steward", "not_before")
    return {
        row.key: (
            row.version,
            digest_of({name: said for name, said in content_of(row).items() if name not in _WITHOUT_MEANING}),
        )
        for row in rows
    }


class _Faults:
    def __init__(self) -> None:
        self.errors: list[dict[str, Any]] = []

    def add(self, field: str, detail: str, code: str = "invalid_attribute") -> None:
        self.errors.append({"code": code, "detail": detail, "pointer": f"/{field}"})

    def guarded(self, field: str, read: Any, fallback: Any) -> Any:
        try:
            return read()
        except DomainError as error:
            self.errors.extend({**item, "pointer": item.get("pointer") or f"/{field}"} for item in error.errors)
            return fallback


def _word(content: Mapping[str, Any], field: str, faults: _Faults) -> str:
    choices, default = _WORDS[field]
    value = content.get(field)
    if value in (None, "") and default is not None:
        return str(default)
    if not isinstance(value, str) or value not in choices.values:
        faults.add(field, f"Choose one of: {', '.join(choices.values)}.", "not_a_choice" if value else "required")
        return ""
    return value


def _texts(content: Mapping[str, Any], field: str, size: int, faults: _Faults) -> list[str]:
    given = content.get(field) or []
    if not isinstance(given, list | tuple) or len(given) > _MAX_CHOICES:
        faults.add(field, f"This must be a list of at most {_MAX_CHOICES} texts.", "wrong_type")
        return []
    kept: list[str] = []
    for position, item in enumerate(given):
        pointer = f"/{field}/{position}"
        text = faults.guarded(field, lambda i=item, p=pointer: clean_text(i, pointer=p, max_length=size), None)
        if text in kept:
            faults.add(field, f"“{text}” stands twice.", "duplicate")
        elif text is not None:
            kept.append(text)
    return kept


def _threshold(content: Mapping[str, Any], faults: _Faults) -> float:
    value = content.get("quality_threshold")
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        faults.add("quality_threshold", "This must be a number from 0 to 1: the share of customers that need a value.")
        return 0.0
    return float(value)


def _person(content: Mapping[str, Any], faults: _Faults) -> str | None:
    name = content.get("steward")
    if not name:
        return None
    return faults.guarded("steward", lambda: user_by_username(str(name)[:150]).get_username(), None)  # type: ignore[no-any-return]


def _source(content: Mapping[str, Any], faults: _Faults) -> str | None:
    key = content.get("source")
    return faults.guarded("source", lambda: source_by_key(str(key)[:63]).key, None) if key else None


def checked_content(content: Mapping[str, Any], *, key: str, kind: str = "create") -> dict[str, Any]:
    """The content in its one normal form, complete.

    Raises `InvalidAttribute` with every fault at once, each with its pointer: unknown fields, missing label, type or
    dimension, words that are not choices, a choice without choices, a source or a steward that is not there, declared
    facts that make no sense, a derivation that cannot be computed, a label that cannot stand beside the others, and for
    a creation (`kind`) a key that is taken, reserved or badly chosen.
    """
    faults = _Faults()
    faults.guarded("key", lambda: check_key(key), None)
    if key in RESERVED_KEYS:
        faults.add("key", f"“{key}” is a column of every profile build; choose another key.", "reserved_key")
    if kind == "create" and could_be_key(key) and Attribute.objects.filter(key=key).exists():
        gone = retired_among([key])
        instead = f"{gone[0].words} Keys are never used twice; choose another." if gone else ""
        usual = f"There is an attribute “{key}” already; propose a change to it instead."
        faults.add("key", instead or usual, "taken")
    for field in sorted(set(content) - set(FIELDS)):
        faults.add(field, f"There is no such field. Known: {', '.join(FIELDS)}.", "unknown_field")
    made = {
        "label": faults.guarded(
            "label", lambda: clean_text(content.get("label"), pointer="/label", max_length=120), ""
        ),
        "description": _long(content, "description", 4000, faults),
        "unit": faults.guarded(
            "unit", lambda: clean_text(content.get("unit"), pointer="/unit", max_length=40, required=False), ""
        ),
        "choices": _texts(content, "choices", 200, faults),
        "source": _source(content, faults),
        "steward": _person(content, faults),
        "purposes": _texts(content, "purposes", 63, faults),
        "quality_threshold": _threshold(content, faults),
        **{field: _word(content, field, faults) for field in _WORDS},
    }
    if not any(error["pointer"].startswith("/choices") for error in faults.errors):
        _check_choices(made, faults)
    made |= checked_declarations(
        content, key=key, kind=made["type"], sensitivity=made["sensitivity"], report=faults.add
    )
    made["derivation"] = checked_derivation(
        content.get("derivation"), key=key, kind=made["type"], sensitivity=made["sensitivity"], report=faults.add
    )
    if (made["derivation"] or {}).get("kind") == "event" and not made["source"]:
        faults.add("source", "Name the source whose events these are: its freshness is the attribute's.", "required")
    about_key, about_label = name_faults(key, made["label"])
    faults.errors += refusals(about_key, "/key") + refusals(about_label, "/label")
    if faults.errors:
        raise InvalidAttribute(faults.errors[0]["detail"], errors=faults.errors)
    return {field: made[field] for field in FIELDS}


def name_faults(key: str, label: str) -> tuple[list[NameFault], list[NameFault]]:
    """(about the key, about the label) beside the other attributes; none about what the attribute has already."""
    known = dict(Attribute.objects.order_by("label").values_list("key", "label"))
    is_new, has = key not in known, known.pop(key, None)
    about_label = faults_of_name(label, kind="attribute", others=known.values()) if label and label != has else []
    return (faults_of_name(key, kind="attribute key", others=known) if is_new else []), about_label


def _long(content: Mapping[str, Any], field: str, size: int, faults: _Faults) -> Any:
    return faults.guarded(
        field,
        lambda: clean_text(content.get(field), pointer=f"/{field}", max_length=size, required=False, lines=True),
        "",
    )


def _check_choices(made: Mapping[str, Any], faults: _Faults) -> None:
    if made["type"] == AttributeType.ENUM and not made["choices"]:
        faults.add("choices", "A choice needs its list of choices.", "required")
    if made["choices"] and made["type"] not in (AttributeType.ENUM, AttributeType.SET, ""):
        faults.add("choices", "Only a choice or a set has choices; leave them out or change the type.")
