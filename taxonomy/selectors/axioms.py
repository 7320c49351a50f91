"""What a parent may demand of its children."""

from collections.abc import Mapping
from typing import Any

AXIOMS = {
    "exclusive": "Its children must not overlap",
    "covering": "Its children must cover it",
}
"""What may be demanded, and how people read it."""


def checked_axioms(given: Any, findings: list[dict[str, Any]]) -> dict[str, bool]:
    """The axioms in their one written form; what is left out is not demanded. Faults go to `findings`."""
    stated = given if isinstance(given, Mapping) else {}
    if given is not None and not isinstance(given, Mapping):
        findings.append(_fault("wrong_type", "Axioms are an object: exclusive, covering.", "/axioms"))
    for name, value in stated.items():
        if name not in AXIOMS:
            findings.append(
                _fault("unknown_field", f"There is no axiom {name}. Known: {', '.join(AXIOMS)}.", "/axioms")
            )
        elif not isinstance(value, bool):
            findings.append(_fault("wrong_type", f"{name} is true or false.", f"/axioms/{name}"))
    return {name: stated.get(name) is True for name in AXIOMS}


def axioms_in_words(axioms: Mapping[str, Any] | None) -> str:
    """What is demanded, one sentence per line; nothing where nothing is."""
    return "\n".join(words for name, words in AXIOMS.items() if (axioms or {}).get(name) is True)


def _fault(code: str, detail: str, pointer: str) -> dict[str, Any]:
    return {"code": code, "detail": detail, "pointer": pointer}
