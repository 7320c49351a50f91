"""What a candidate counted in the shadow, put beside the impact of the request that promotes it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from common.errors import DomainError
from memberships.measures.suppression import K, is_small
from memberships.selectors.shadows import shadow_record
from reviews.choices import CheckStatus
from reviews.subjects.base import Check, Effect

ENOUGH_DAYS = 7


def with_shadow(effect: Effect, statement: Mapping[str, Any], *, key: str, rule: str) -> Effect:
    """The effect with the record of the shadow that the statement names, which is signed with it; as it is without."""
    named = (statement.get("shadow") or {}).get("shadow")
    if named is None:
        return effect
    try:
        record = shadow_record(int(named))
    except (DomainError, TypeError, ValueError):
        check = Check("Shadow", CheckStatus.NOT_RUN, f"There is no shadow {named}.", "Name another one, or none.")
        return replace(effect, checks=[*effect.checks, check])
    return replace(
        effect, record={**effect.record, "shadow": record}, checks=[*effect.checks, _check(record, key, rule)]
    )


def _check(record: Mapping[str, Any], key: str, rule: str) -> Check:
    if record["segment"] not in ("", key) or record["rule"].strip() != rule.strip():
        remedy = "Propose the rule that ran, or run this one in the shadow first."
        return Check("Shadow", CheckStatus.WARN, f"“{record['name']}” ran another rule than the one proposed.", remedy)
    known = [day for day in record["days"] if day["size"] is not None]
    if len(known) < ENOUGH_DAYS:
        told = f"“{record['name']}” was counted on {len(known)} {'day' if len(known) == 1 else 'days'} only."
        return Check("Shadow", CheckStatus.WARN, told, f"Let it run for at least {ENOUGH_DAYS} days.")
    last = known[-1]
    parts = [f"{len(known)} days beside the rule in force"]
    if last["both"] is not None:
        parts.append(f"last {_told(last['only_shadow'])} in the shadow only, {_told(last['only_live'])} in force only")
    return Check("Shadow", CheckStatus.PASS, f"{'; '.join(parts)}.")


def _told(count: int) -> str:
    return f"fewer than {K}" if is_small(count) else f"{count:,}"
