"""The content of a journey: its stages in order and its moments of truth; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aims.choices import Channel
from aims.errors import JourneyInvalid
from common.errors import DomainError
from common.keys import check_key
from common.texts import clean_text

FIELDS = ("name", "description", "stages", "moments")
STAGE_FIELDS = ("key", "name", "goal", "channels")
MOMENT_FIELDS = ("key", "name", "stage", "decides", "channels", "segments")
MOST_STAGES, MOST_MOMENTS, MOST_SEGMENTS = 20, 60, 200


@dataclass(frozen=True)
class _Faults:
    """What is wrong so far."""

    found: list[dict[str, Any]]

    def add(self, pointer: str, detail: str, code: str = "invalid") -> None:
        self.found.append({"code": code, "detail": detail, "pointer": pointer})

    def text(self, row: Mapping[str, Any], name: str, at: str, longest: int, *, required: bool, lines: bool) -> str:
        pointer = f"{at}/{name}"
        try:
            return clean_text(row.get(name), pointer=pointer, max_length=longest, required=required, lines=lines)
        except DomainError as error:
            self.found.extend(error.errors)
            return ""

    def key(self, row: Mapping[str, Any], at: str, taken: set[str]) -> str:
        try:
            key = check_key(row.get("key"), f"{at}/key")
        except DomainError as error:
            self.found.extend(error.errors)
            return ""
        if key in taken:
            self.add(f"{at}/key", f"Two of them have the key {key}.", "key_taken")
        taken.add(key)
        return key


def checked_journey(content: Mapping[str, Any], known_segments: frozenset[str]) -> dict[str, Any]:
    """The content in its one written form; moments stand in the order of their stages.

    Raises `JourneyInvalid` with a pointer per fault: no stage, keys taken twice, unknown stages, channels, segments.
    """
    if not isinstance(content, Mapping):
        raise JourneyInvalid("The content of a journey is an object with fields.", code="wrong_type", pointer="")
    faults = _Faults([])
    for name in content:
        if name not in FIELDS:
            faults.add(f"/{name}", f"There is no field {name}. Known: {', '.join(FIELDS)}.", "unknown_field")
    stages = _stages(content.get("stages"), faults)
    moments = _moments(content.get("moments"), [stage["key"] for stage in stages], known_segments, faults)
    written = {
        "name": faults.text(content, "name", "", 120, required=True, lines=False),
        "description": faults.text(content, "description", "", 5000, required=False, lines=True),
        "stages": stages,
        "moments": moments,
    }
    if faults.found:
        raise JourneyInvalid(faults.found[0]["detail"], code=faults.found[0]["code"], errors=faults.found)
    return written


def _rows(given: Any, pointer: str, fields: tuple[str, ...], most: int, faults: _Faults) -> list[Mapping[str, Any]]:
    """The rows with known fields only; an empty one stands for each that cannot be read."""
    if not isinstance(given or [], list):
        faults.add(pointer, "This must be a list.", "wrong_type")
        return []
    rows: list[Mapping[str, Any]] = []
    if len(given or []) > most:
        faults.add(pointer, f"At most {most}.", "too_many")
    for place, row in enumerate((given or [])[:most]):
        unknown = [name for name in row if name not in fields] if isinstance(row, Mapping) else ["?"]
        if unknown:
            faults.add(f"{pointer}/{place}", f"Each has the fields {', '.join(fields)} and no others.", "wrong_shape")
        rows.append(row if isinstance(row, Mapping) else {})
    return rows


def _stages(given: Any, faults: _Faults) -> list[dict[str, Any]]:
    rows = _rows(given, "/stages", STAGE_FIELDS, MOST_STAGES, faults)
    if not rows:
        faults.add("/stages", "A journey has at least one stage.", "required")
    taken: set[str] = set()
    found = []
    for place, row in enumerate(rows):
        at = f"/stages/{place}"
        found.append(
            {
                "key": faults.key(row, at, taken),
                "name": faults.text(row, "name", at, 120, required=True, lines=False),
                "goal": faults.text(row, "goal", at, 600, required=False, lines=True),
                "channels": _channels(row.get("channels"), at, faults),
            }
        )
    return found


def _moments(given: Any, stages: list[str], segments: frozenset[str], faults: _Faults) -> list[dict[str, Any]]:
    taken: set[str] = set()
    found = []
    for place, row in enumerate(_rows(given, "/moments", MOMENT_FIELDS, MOST_MOMENTS, faults)):
        at = f"/moments/{place}"
        stage = row.get("stage")
        if stage not in stages:
            faults.add(f"{at}/stage", f"There is no stage {stage}. Stages: {', '.join(stages)}.", "unknown_stage")
        found.append(
            {
                "key": faults.key(row, at, taken),
                "name": faults.text(row, "name", at, 120, required=True, lines=False),
                "stage": stage if isinstance(stage, str) else "",
                "decides": faults.text(row, "decides", at, 600, required=True, lines=True),
                "channels": _channels(row.get("channels"), at, faults),
                "segments": _segments(row.get("segments"), at, segments, faults),
            }
        )
    return sorted(found, key=lambda moment: stages.index(moment["stage"]) if moment["stage"] in stages else 0)


def _channels(given: Any, at: str, faults: _Faults) -> list[str]:
    names = given or []
    if not isinstance(names, list) or not all(isinstance(name, str) and name in Channel.values for name in names):
        faults.add(f"{at}/channels", f"Channels are a list of: {', '.join(Channel.values)}.", "unknown_channel")
        return []
    return [value for value in Channel.values if value in names]


def _segments(given: Any, at: str, known: frozenset[str], faults: _Faults) -> list[str]:
    keys = given or []
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys) or len(keys) > MOST_SEGMENTS:
        faults.add(f"{at}/segments", f"Segments are a list of at most {MOST_SEGMENTS} keys.", "wrong_type")
        return []
    for place, key in enumerate(keys):
        if key not in known:
            faults.add(f"{at}/segments/{place}", f"There is no segment {key} in use.", "unknown_segment")
    return sorted(set(keys))
