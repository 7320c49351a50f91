"""Checks that rest on what a change would do: made once, when the request is put before its board."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from common.errors import DomainError
from memberships.measures.backtesting import FLAPPING
from memberships.measures.suppression import K, is_small
from memberships.selectors.proxies import Screen
from memberships.selectors.proxies import screen as proxy_screen
from reviews.choices import CheckStatus
from reviews.subjects.base import Check
from taxonomy import selectors as taxonomy
from taxonomy.rules import Rule
from taxonomy.selectors import rule_catalogue

_NEW_DATA = "Import customers or recompute, then submit again."


def of_record(record: Mapping[str, Any], *, key: str, exists: bool) -> list[Check]:
    """Every check that the record answers, in reading order."""
    return [
        consent(record),
        small_groups(record),
        *([dependants(key, record.get("content", ())), training_debt(record.get("training", ()))] if exists else []),
        # A change that selects the same customers has no past of its own.
        *([look_back(record["backtest"])] if "backtest" in record else []),
    ]


def consent(record: Mapping[str, Any]) -> Check:
    """Whether those who enter have agreed to be spoken to."""
    blocked = record.get("consent_blocked")
    if not blocked:
        return Check("Consent", CheckStatus.NOT_RUN, "Nobody was counted.", _NEW_DATA)
    if "reason" in blocked:
        remedy = "Import a yes-or-no attribute consent_marketing, so that those who said no can be counted."
        return Check("Consent", CheckStatus.NOT_RUN, blocked["reason"], remedy)
    purpose = blocked["purpose"].replace("_", " ")
    if not blocked["entering"]:
        return Check("Consent", CheckStatus.PASS, f"Everybody who enters has agreed to {purpose}.")
    told = f"{_told(blocked['entering'])} of those who enter have not agreed to {purpose}."
    remedy = "They may be members; what is sent to the segment must leave them out."
    return Check("Consent", CheckStatus.WARN, told, remedy)


def small_groups(record: Mapping[str, Any]) -> Check:
    """Whether a count of the change could point at persons."""
    if not record.get("computed"):
        return Check("Small groups", CheckStatus.NOT_RUN, "Nobody was counted.", _NEW_DATA)
    found = list(record.get("small_groups") or ())
    if not found:
        return Check("Small groups", CheckStatus.PASS, f"No group that moves has fewer than {K} customers.")
    named = "; ".join(found[:6]) + (f" and {len(found) - 6} more" if len(found) > 6 else "")
    remedy = "Who may not see customers reads “fewer than 5”, and no figure from which it could be worked out."
    return Check("Small groups", CheckStatus.WARN, f"Fewer than {K} customers: {named}.", remedy)


def dependants(key: str, content: Sequence[Mapping[str, str]]) -> Check:
    """What else changes, or speaks of what changes."""
    segment = taxonomy.segment_by_key(key)
    below = [version.segment.key for version in taxonomy.children_of(segment)]
    referring = [version.segment.key for version in taxonomy.references_to(key)]
    parts = []
    if below:
        parts.append(f"below it {_named(below)}")
    if referring:
        parts.append(f"by reference {_named(referring)}")
    if content:
        parts.append(f"it is spoken of in {_named([item['title'] for item in content])}")
    if not parts:
        return Check("Dependants", CheckStatus.PASS, "Nothing stands on it and nothing speaks of it.")
    remedy = "Tell their owners before it takes effect; their members change with it."
    return Check("Dependants", CheckStatus.WARN, f"Changes with it: {'; '.join(parts)}.", remedy)


def training_debt(training: Sequence[Mapping[str, str]]) -> Check:
    """What people have learned and will have to learn anew."""
    if not training:
        return Check("Training debt", CheckStatus.PASS, "No brief and no walkthrough teaches it.")
    told = f"{_named([item['title'] for item in training])} will describe what was before."
    remedy = "Propose the changed brief too; its review opens when this takes effect."
    return Check("Training debt", CheckStatus.WARN, told, remedy)


def look_back(backtest: Mapping[str, Any] | None) -> Check:
    """How the rule would have behaved over the last month-ends; never by a month that is kept from authors."""
    seen = (backtest or {}).get("seen") or {}
    known = [row for row in (backtest or {}).get("months", ()) if row["size"] is not None]
    if not known:
        remedy = "A build is kept at the end of each month; look again after the next one."
        return Check("Back-test", CheckStatus.NOT_RUN, "No past month-end could be looked at.", remedy)
    missing = 12 - len(known)
    gaps = f" {missing} of 12 could not be looked at." if missing else ""
    rate = seen.get("flap_rate")
    if rate is None:
        told = f"Looked at {len(known)} month-ends, too few to see who comes and goes.{gaps}"
        return Check("Back-test", CheckStatus.NOT_RUN, told, "Wait for more month-ends, or decide without.")
    told = f"{rate:.0%} of those ever in were in, out and in again over {len(known)} month-ends.{gaps}"
    if rate < FLAPPING:
        return Check("Back-test", CheckStatus.PASS, told)
    return Check("Back-test", CheckStatus.WARN, told, band_advice((backtest or {}).get("band")))


def band_advice(band: Mapping[str, Any] | None) -> str:
    """What would calm a rule whose members come and go."""
    if not band:
        return "No single value causes it; look for a steadier attribute, such as one over a longer window."
    unit = f" {band['unit']}" if band.get("unit") else ""
    return (
        f"Let customers enter by {band['label']} {band['comparison']} {band['enter']:,g}{unit}, and leave only beyond "
        f"{band['leave']:,g}{unit}: {band['flap_rate']:.0%} would still come and go."
    )


def fairness(*, key: str | None, rule: Rule) -> tuple[Check, dict[str, Any]]:
    """The proxy screen as a check and as its part of the record."""
    try:
        found = proxy_screen(segment_key=key, effective_rule=rule)
    except DomainError as refused:
        check = Check("Proxy screen", CheckStatus.NOT_RUN, refused.detail, _NEW_DATA)
        return check, {"reason": refused.detail}
    if not found.protected:
        reason = "No attribute is declared as protected, so nothing could be compared."
        remedy = "Give an attribute the purpose “fairness”: it is then looked at by this check."
        return Check("Proxy screen", CheckStatus.NOT_RUN, reason, remedy), {"reason": reason}
    faults = list(_faults(found))
    record = {
        "protected": found.protected,
        "proxy": found.proxy,
        "strength": found.strength,
        "evenness_before": found.evenness_before,
        "evenness_after": found.evenness_after,
    }
    if faults:
        remedy = "Leave it out, or say in the answers to the guideline why the segment cannot do without it."
        return Check("Proxy screen", CheckStatus.WARN, " ".join(faults), remedy), record
    return Check(
        "Proxy screen", CheckStatus.PASS, "No attribute of the rule goes along closely with a protected one."
    ), record


def _faults(found: Screen) -> Iterator[str]:
    if found.is_strong:
        label = _label(found.proxy)
        yield f"{label} goes along with a protected attribute ({found.strength:.1f} of 1): it may stand in for it."
    if found.is_uneven:
        before = f"; before {found.evenness_before:.1f}" if found.evenness_before is not None else ""
        yield (
            f"The least chosen protected group is chosen {found.evenness_after:.1f} times as often as the most chosen"
            f"{before}."
        )


def _label(key: str) -> str:
    row = rule_catalogue().get(key)
    return row.label if row else key


def _told(count: int) -> str:
    return f"Fewer than {K}" if is_small(count) else f"{count:,}"


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(names[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "")
