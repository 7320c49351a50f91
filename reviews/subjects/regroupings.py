"""Operations on several segments at once, as a subject answers for them: split, merge, re-organise, swap a source."""

from collections.abc import Sequence
from typing import Any

from common.actors import Actor
from common.clock import now
from common.errors import DomainError, Invalid
from memberships.errors import NotComputed
from memberships.selectors.regroupings import members_by_rule, regrouped
from playbooks.selectors import live_content as playbook
from reviews.choices import CheckStatus, Kind
from reviews.subjects.base import Check, Content, Effect, Examined, Order
from reviews.subjects.regrouping_content import completed, plan_of
from reviews.subjects.regrouping_proofs import proofs_of
from reviews.subjects.wording import below_proposed
from taxonomy import selectors as taxonomy
from taxonomy.selectors.grounds import grounds_of_rule, grounds_of_segments
from taxonomy.selectors.plans import Plan
from taxonomy.services.operations import enact_plan, rehearsed
from training.selectors import live_content as brief

KINDS: tuple[str, ...] = (Kind.SPLIT, Kind.MERGE, Kind.REORGANISE, Kind.SWAP)
FIELDS: dict[str, tuple[str, ...]] = {
    Kind.SPLIT: ("parts",),
    Kind.MERGE: ("sources", "content"),
    Kind.REORGANISE: ("rows",),
    Kind.SWAP: ("attribute", "replacement", "values", "segments"),
}
_TITLES = {
    Kind.SPLIT: "Split {key} into {others}",
    Kind.MERGE: "Merge {others} into {key}",
    Kind.REORGANISE: "Re-organise {others}",
    Kind.SWAP: "Read {replacement} instead of {attribute}",
}

full_content = completed


def check(viewer: Any, kind: str, key: str, content: Content) -> Examined:
    """What a rehearsal of the whole operation found; nothing of it stays."""
    plan = plan_of(kind, key, content)
    _refuse_unseen(viewer, plan)
    before = {row.key: row.rule for row in taxonomy.active_rules()}
    try:
        with rehearsed(plan):
            proofs = proofs_of(kind, plan, before)
    except Invalid as refused:
        raise below_proposed(refused) from refused
    return Examined(content, [_rehearsal(plan), *_repointing(plan), *proofs, *_documents(plan)])


def effect(kind: str, key: str, content: Content) -> Effect:
    """Who moves where, counted on one build with the rules of today and those of the rehearsal."""
    plan = plan_of(kind, key, content)
    olds = [*(row.key for row in plan.leaving), *(step.key for step in plan.steps if step.base_version)]
    news = [step.key for step in plan.steps]
    as_of = now()
    try:
        before = members_by_rule(olds, as_of)
        with rehearsed(plan):
            after = members_by_rule(news, as_of)
    except (NotComputed, DomainError) as refused:
        return Effect({"form": "regrouping", "computed": False, "reason": refused.detail, "bulk": True})
    counted = regrouped(before, after, olds, news)
    is_still = kind == Kind.REORGANISE and not counted["entering"] and not counted["leaving"]
    record = {
        "form": "regrouping",
        "computed": True,
        "reason": "",
        "operation": plan.operation,
        "bulk": True,
        "relation": "no_effect" if is_still and _renames_only(plan) else "shifted",
        "is_proved": is_still and _renames_only(plan),
        "build": before.build_number,
        "population": before.population,
        "as_of": as_of.isoformat(),
        "names": _names(plan),
        **counted,
    }
    return Effect(record, before.build_number)


def _renames_only(plan: Plan) -> bool:
    return all(step.kind == "rename" for step in plan.steps)


def grounds(kind: str, key: str, content: Content) -> dict[str, Any]:
    """The very versions of all that it touches, and the meaning of everything that these rest on."""
    plan = plan_of(kind, key, content)
    touched = set(plan.keys)
    bases = {step.key: step.base_version for step in plan.steps} | {row.key: row.base_version for row in plan.leaving}
    found: dict[str, Any] = dict(grounds_of_segments(key for key, base in bases.items() if base is not None))
    for step in plan.steps:
        rule, parent = step.content["rule"], step.content.get("parent")
        found.update(grounds_of_rule(rule, parent if parent not in touched or bases.get(parent) else None))
    for each in touched:
        live = taxonomy.live_content(each)
        if live is not None:
            found[f"segment:{each}"] = {"version": live.version_number, "of": f"version {live.version_number}"}
    return dict(sorted(found.items()))


def path(kind: str, key: str, content: Content) -> list[str]:
    """What stands above everything that it touches: only whoever governs that may decide it."""
    if kind == Kind.SPLIT:
        ways = [_path(key), *([*_path(part["content"].get("parent")), key] for part in content["parts"])]
        return _shared(ways)
    if kind == Kind.MERGE:
        above = _path(content["content"].get("parent"))
        return _shared([*(_path(source["key"])[:-1] for source in content["sources"]), above])
    ways = []
    for step in plan_of(kind, key, content).steps:
        here = _path(step.key)
        there = [*_path(step.content.get("parent")), step.key]
        ways += [here] if here == there else [here[:-1], there[:-1]]
    return _shared(ways)


def title(kind: str, key: str, content: Content) -> str:
    """What it does, in a line."""
    others = {
        Kind.SPLIT: [part["key"] for part in content.get("parts", [])],
        Kind.MERGE: [source["key"] for source in content.get("sources", [])],
        Kind.REORGANISE: [row["segment"] for row in content.get("rows", [])],
    }.get(Kind(kind), [])
    shown = ", ".join(others[:4]) + (f" and {len(others) - 4} more" if len(others) > 4 else "")
    said = _TITLES[Kind(kind)].format(key=key, others=shown, **_swap_words(content))
    return said[:200]


def _swap_words(content: Content) -> dict[str, str]:
    return {name: str(content.get(name, "")) for name in ("attribute", "replacement")}


def apply(actor: Actor, order: Order) -> int:
    """Carry it out; the number of the subject's version in force, or of its last one."""
    plan = plan_of(order.kind, order.key, order.content)
    made = enact_plan(
        actor=actor,
        plan=plan,
        about=order.key,
        rationale=order.rationale,
        expected_outcome=order.expected,
        request_ref=order.reference,
    )
    if order.key in made:
        return made[order.key].number
    return order.base_version or 0


def _refuse_unseen(viewer: Any, plan: Plan) -> None:
    """A rule may read only what its author may see; rules that are only moved, renamed or re-pointed stay as they
    are."""
    for step in plan.steps:
        if step.key in plan.repointed or step.kind in ("move", "rename"):
            continue
        try:
            taxonomy.parse_for(viewer, step.content["rule"])
        except Invalid as refused:
            raise below_proposed(refused) from refused


def _rehearsal(plan: Plan) -> Check:
    count = len(plan.keys)
    said = "1 segment" if count == 1 else f"{count} segments"
    return Check("Can be carried out", CheckStatus.PASS, f"A rehearsal over {said} went through, all of it at once.")


def _repointing(plan: Plan) -> list[Check]:
    if not plan.repointed:
        return []
    names = ", ".join(plan.repointed)
    return [Check("Rules that refer to it", CheckStatus.PASS, f"They ask for what takes its place: {names}.")]


def _documents(plan: Plan) -> list[Check]:
    """Playbooks and briefs of segments that go: they stay readable, and nobody is led to them any more."""
    keys = [row.key for row in plan.leaving]
    held = [key for key in keys if _has_documents(key)]
    if not held:
        return []
    remedy = "Propose playbooks and briefs for the new segments, so that nobody is left without words."
    reason = f"What is written for {', '.join(held)} goes out of use with it."
    return [Check("Playbooks and briefs", CheckStatus.WARN, reason, remedy)]


def _has_documents(key: str) -> bool:
    return playbook(key) is not None or brief(key) is not None


def _names(plan: Plan) -> dict[str, str]:
    known = {key: heading.name for key, heading in taxonomy.headings(plan.keys).items()}
    return known | {step.key: str(step.content["name"]) for step in plan.steps}


def _path(key: Any) -> list[str]:
    try:
        return list(taxonomy.path_of(key)) if isinstance(key, str) and key else []
    except DomainError:
        return []


def _shared(ways: Sequence[Sequence[str]]) -> list[str]:
    """The keys with which all of the ways begin."""
    found: list[str] = []
    for each in zip(*ways, strict=False):
        if len(set(each)) > 1:
            break
        found.append(each[0])
    return found
