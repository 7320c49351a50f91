"""The effect of a change of a segment: computed once, when it is put before its board, and kept."""

from dataclasses import asdict, replace
from typing import Any

from memberships import selectors as memberships
from memberships.selectors.backtests import Backtest, backtest
from reviews.choices import Kind
from reviews.subjects import impact_checks, segment_stakes
from reviews.subjects.base import Content, Effect, Live
from reviews.subjects.effects import membership_effect, retirement_effect
from taxonomy import selectors as taxonomy
from taxonomy.rules import Rule
from taxonomy.rules.nodes import Constant
from taxonomy.selectors import CheckedContent


def effect_of(*, kind: str, key: str, content: Content, live: Live | None) -> Effect:
    """Members, stakes, look back and fairness of the change, with the checks that rest on them."""
    if kind == Kind.RETIRE:
        return _of_retirement(key, live)
    checked = taxonomy.checked_content(content, key=key, kind=kind)
    subject = None if kind == Kind.CREATE else key
    impact = memberships.impact(
        segment_key=subject, effective_rule=checked.effective_rule, parent_key=content.get("parent")
    )
    more = segment_stakes.of_change(kind, key, checked, live)
    screened = []
    # Another name or another owner selects the same customers: nothing to look back at.
    if more["relation"] != "no_effect":
        check, fairness = impact_checks.fairness(key=subject, rule=checked.effective_rule)
        screened = [check]
        more |= {"backtest": backtest_record(_backtest(subject, checked)), "fairness": fairness}
    effect = membership_effect(impact, more)
    exists = subject is not None and live is not None
    found = impact_checks.of_record(effect.record, key=key, exists=exists)
    return replace(effect, checks=[*screened, *found])


def _of_retirement(key: str, live: Live | None) -> Effect:
    """Everybody leaves: where to, what they are worth, who looks after them, and who speaks of the segment.

    Without a profile build to count on, the size that was published stands alone.
    """
    uses = segment_stakes.uses_of(key)
    parent = live.content.get("parent") if live else None
    counted = memberships.impact(segment_key=key, effective_rule=Rule(Constant(value=False)), parent_key=parent)
    effect = retirement_effect(key, uses) if counted.not_computed_reason else membership_effect(counted, uses)
    checks = [impact_checks.dependants(key, uses["content"]), impact_checks.training_debt(uses["training"])]
    small = [impact_checks.small_groups(effect.record)] if effect.record.get("revenue") else []
    return replace(effect, checks=[*small, *checks])


def _backtest(key: str | None, checked: CheckedContent) -> Backtest:
    return backtest(segment_key=key, effective_rule=checked.effective_rule)


def backtest_record(found: Backtest) -> dict[str, Any]:
    """The look back as voters sign it; `held_out` months are kept from authors until the decision."""
    return {
        "months": [
            {
                "on": month.on.isoformat(),
                "size": month.size,
                "live": month.live,
                "lift": month.lift,
                "reason": month.reason,
                "note": month.note,
                "held_out": month.is_held_out,
            }
            for month in found.months
        ],
        **asdict(found.proposed),
        "seen": asdict(found.seen),
        "live": asdict(found.live),
        "band": found.band,
    }
