"""The values of a rule that have a name of their own."""

from typing import Any

from taxonomy.rules import Rule


def checked_thresholds(given: Any, rule: Rule, findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The thresholds in their one written form; faults go to `findings`."""
    if not given:
        return []
    findings.append(
        {"code": "unknown_field", "detail": "This rule has no threshold of that name.", "pointer": "/thresholds"}
    )
    return []
