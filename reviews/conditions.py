"""Resolves a board's policy and the facts of one change into what must be given for it to pass. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Facts = Mapping[str, Any]
NOTHING = "none"
"""The relation of a change that touches no rule."""


def _over(name: str) -> Callable[[Any, Facts], bool | None]:
    return lambda asked, facts: None if facts.get(name) is None else facts[name] > asked


def _at_most(name: str) -> Callable[[Any, Facts], bool | None]:
    return lambda asked, facts: None if facts.get(name) is None else facts[name] <= asked


def _is(name: str) -> Callable[[Any, Facts], bool | None]:
    return lambda asked, facts: None if facts.get(name) is None else bool(facts[name]) == asked


def _among(name: str) -> Callable[[Any, Facts], bool | None]:
    return lambda asked, facts: None if not facts.get(name) else str(facts[name]) in asked


def _proved(asked: Any, facts: Facts) -> bool | None:
    """A relation counts when it is proved; one that is only believed is not known."""
    if facts.get("relation") == NOTHING:
        return False
    if not facts.get("relation") or facts.get("is_proved") is not True:
        return None
    return str(facts["relation"]) in asked


WHEN: dict[str, Callable[[Any, Facts], bool | None]] = {
    "members_moved_over": _over("members_moved"),
    "members_moved_at_most": _at_most("members_moved"),
    "share_moved_over": _over("share_moved"),
    "share_moved_at_most": _at_most("share_moved"),
    "revenue_moved_over": _over("revenue_moved"),
    "revenue_moved_at_most": _at_most("revenue_moved"),
    "relation": _proved,
    "sensitive": _is("sensitive"),
    "metadata_only": _is("metadata_only"),
    "bulk": _is("bulk"),
    "kinds": _among("kind"),
    "subject_types": _among("subject_type"),
}
"""What a condition may ask of a change; each answers True, False, or None where the fact is not known."""

RELATIONS = ("no_effect", "narrower", "wider", "shifted", "unrelated")
NEEDS_EFFECT = frozenset(name for name in WHEN if name.split("_moved")[0] in ("members", "share", "revenue")) | {
    "relation"
}
"""What can be answered only once the effect of the change is computed."""


@dataclass(frozen=True)
class Requirement:
    """What must be given for one change. `people` are rules (who, because of which condition), not yet names."""

    quorum: int
    required: Mapping[str, int]
    reject_on: str
    expires_days: int
    people: tuple[tuple[str, str], ...] = ()
    outsiders: int = 0
    notice_days: int = 0
    due_days: int | None = None
    light: bool = False
    strictest: bool = False
    demands: tuple[str, ...] = ()
    because: tuple[dict[str, str], ...] = field(default_factory=tuple)


def resolve(policy: Mapping[str, Any], facts: Facts) -> Requirement:
    """The requirement of a change with these facts.

    Every condition that holds adds its part; one that asks for a fact which is not known holds too (the strictest
    path). A lighter path takes the place of what the board usually asks for, and is taken only where it surely holds
    and no other condition does.
    """
    conditions = list(policy.get("conditions") or [])
    stricter = [item for item in conditions if not item["then"].get("light")]
    answers = [(item, holds(item["when"], facts)) for item in stricter]
    active = [(item, answer) for item, answer in answers if answer is not False]
    base = _usual(policy)
    lighter = [item for item in conditions if item["then"].get("light") and holds(item["when"], facts) is True]
    if lighter and not active:
        return _lightened(base, lighter[0])
    for item, answer in active:
        base = _added(base, item, is_known=answer is True, facts=facts)
    return base


def holds(when: Mapping[str, Any], facts: Facts) -> bool | None:
    """Whether all that the condition asks is so: False where one part surely is not, None where one is not known."""
    answers = [WHEN[name](asked, facts) for name, asked in when.items()]
    if False in answers:
        return False
    return None if None in answers else True


def needs_effect(policy: Mapping[str, Any]) -> bool:
    """Whether the policy asks anything that only the computed effect of a change can answer."""
    return any(name in NEEDS_EFFECT for item in policy.get("conditions") or [] for name in item["when"])


def _usual(policy: Mapping[str, Any]) -> Requirement:
    return Requirement(
        quorum=int(policy["quorum"]),
        required={str(name): int(number) for name, number in policy["required"].items()},
        reject_on=str(policy.get("reject_on", "any")),
        expires_days=int(policy.get("expires_days", 30)),
        people=tuple((rule, "") for rule in policy.get("people") or ()),
        outsiders=int(policy.get("outsiders", 0)),
        notice_days=int(policy.get("notice_days", 0)),
        due_days=policy.get("due_days"),
        demands=tuple(policy.get("demands") or ()),
    )


def _lightened(base: Requirement, item: Mapping[str, Any]) -> Requirement:
    then, name = item["then"], str(item["name"])
    required = {str(key): int(number) for key, number in (then.get("required") or {}).items()}
    quorum = max(int(then.get("quorum", 1)), sum(required.values()), 1)
    return Requirement(
        quorum=quorum,
        required=required,
        reject_on=str(then.get("reject_on", base.reject_on)),
        expires_days=int(then.get("expires_days", base.expires_days)),
        people=tuple((rule, name) for rule in then.get("people") or ()),
        outsiders=int(then.get("outsiders", 0)),
        notice_days=int(then.get("notice_days", 0)),
        due_days=then.get("due_days", base.due_days),
        light=True,
        demands=tuple(then.get("demands") or ()),
        because=({"condition": name, "adds": f"the light path: {approvals_in_words(quorum, required)}"},),
    )


def _added(base: Requirement, item: Mapping[str, Any], *, is_known: bool, facts: Facts) -> Requirement:
    then, name = item["then"], str(item["name"])
    asked = {str(key): int(number) for key, number in (then.get("required") or {}).items()}
    required = {key: max(base.required.get(key, 0), asked.get(key, 0)) for key in {**base.required, **asked}}
    quorum = max(base.quorum, int(then.get("quorum", 0)), sum(required.values()))
    named = {rule for rule, _ in base.people}
    days = [number for number in (base.due_days, then.get("due_days")) if number is not None]
    adds = _adds(then, base, quorum)
    if not is_known:
        adds += f" (not known: {', '.join(_unknown(item['when'], facts))}; so the strictest path)"
    return Requirement(
        quorum=quorum,
        required=required,
        reject_on="any" if "any" in (base.reject_on, then.get("reject_on", "impossible")) else "impossible",
        expires_days=min(base.expires_days, int(then.get("expires_days", base.expires_days))),
        people=(*base.people, *((rule, name) for rule in then.get("people") or () if rule not in named)),
        outsiders=max(base.outsiders, int(then.get("outsiders", 0))),
        notice_days=max(base.notice_days, int(then.get("notice_days", 0))),
        due_days=min(days) if days else None,
        strictest=base.strictest or not is_known,
        demands=tuple(dict.fromkeys((*base.demands, *(then.get("demands") or ())))),
        because=(*base.because, {"condition": name, "adds": adds}),
    )


def _unknown(when: Mapping[str, Any], facts: Facts) -> list[str]:
    return [fact_in_words(name) for name, asked in when.items() if WHEN[name](asked, facts) is None]


def _adds(then: Mapping[str, Any], base: Requirement, quorum: int) -> str:
    parts: list[str] = []
    if quorum > base.quorum:
        parts.append(f"{quorum} approvals in all")
    parts += [f"{number} of {name}" for name, number in (then.get("required") or {}).items()]
    parts += [person_in_words(rule) for rule in then.get("people") or ()]
    if then.get("outsiders"):
        parts.append(f"{then['outsiders']} from outside")
    if then.get("notice_days"):
        parts.append(f"{then['notice_days']} days of notice")
    parts += [f"a statement of {name.replace('_', ' ')}" for name in then.get("demands") or ()]
    return ", ".join(parts) or "nothing beyond what is asked already"


PEOPLE = {
    "parent_owner": "the owner of the parent",
    "segment_owner": "the owner of the segment",
    "data_owner": "the owner of its data",
    "outcome_owner": "the owner of its outcome",
    "attribute_steward": "the steward of the attribute",
}
"""People by rule; besides them, `user:<name>` names one person."""


def person_in_words(rule: str) -> str:
    """A rule about a person as readers know it."""
    return PEOPLE.get(rule, rule.removeprefix("user:"))


def fact_in_words(name: str) -> str:
    """What a condition asks, as a noun."""
    if name == "relation":
        return "what the change means for the rule, proved"
    if name in ("kinds", "subject_types"):
        return "what kind of change it is"
    noun = name.removesuffix("_over").removesuffix("_at_most")
    return {
        "members_moved": "how many members move",
        "share_moved": "what share of the members moves",
        "revenue_moved": "how much revenue moves",
        "sensitive": "whether it reads sensitive attributes",
        "metadata_only": "whether only words change",
        "bulk": "whether it changes many things at once",
    }[noun]


def approvals_in_words(quorum: int, required: Mapping[str, int], names: Mapping[str, str] | None = None) -> str:
    """A quorum with its functions: "2 approvals, among them 1 of finance"."""
    among = " and ".join(f"{number} of {(names or {}).get(name, name)}" for name, number in required.items())
    return f"{quorum} approval{'s' if quorum > 1 else ''}" + (f", among them {among}" if among else "")


def requirement_in_words(found: Requirement, names: Mapping[str, str] | None = None) -> str:
    """All that must be given for one change, as a sentence."""
    parts = [approvals_in_words(found.quorum, found.required, names)]
    parts += [f"the approval of {person_in_words(rule)}" for rule in dict.fromkeys(rule for rule, _ in found.people)]
    parts += [f"the yes of {found.outsiders} from outside"] if found.outsiders else []
    parts += [f"a statement of {name.replace('_', ' ')}" for name in found.demands]
    days = "1 day" if found.notice_days == 1 else f"{found.notice_days} days"
    parts += [f"{days} of notice before it takes effect"] if found.notice_days else []
    sentence = _listed(parts)
    return f"{sentence[0].upper()}{sentence[1:]}."


def condition_in_words(item: Mapping[str, Any], names: Mapping[str, str] | None = None) -> str:
    """One condition as a sentence: when it holds, and what it then asks for."""
    when = _listed([_when_in_words(name, asked) for name, asked in item["when"].items()]) or "always"
    then = item["then"]
    if then.get("light"):
        asked = approvals_in_words(
            int(then.get("quorum") or max(1, sum((then.get("required") or {}).values()))),
            then.get("required") or {},
            names,
        )
        return f"{item['name']}: {when}, {asked} will do, if no other condition holds."
    parts = [f"at least {then['quorum']} approvals"] if then.get("quorum") else []
    parts += [f"{number} of {(names or {}).get(name, name)}" for name, number in (then.get("required") or {}).items()]
    parts += [person_in_words(rule) for rule in then.get("people") or ()]
    parts += [f"{then['outsiders']} from outside"] if then.get("outsiders") else []
    parts += [f"{then['notice_days']} days of notice"] if then.get("notice_days") else []
    parts += [f"a statement of {name.replace('_', ' ')}" for name in then.get("demands") or ()]
    return f"{item['name']}: {when}, it needs {_listed(parts) or 'nothing more'}."


def _when_in_words(name: str, asked: Any) -> str:
    if isinstance(asked, list):
        chosen = " or ".join(str(value).replace("_", " ") for value in asked)
        return {
            "relation": f"when it is proved that the rule becomes {chosen}".replace(
                "becomes no effect", "stays the same"
            ),
            "kinds": f"when it asks to {chosen}",
            "subject_types": f"when it is about a {chosen}",
        }[name]
    if isinstance(asked, bool):
        return f"when it is {'so' if asked else 'not so'} {fact_in_words(name).replace('whether', 'that')}"
    amount = f"{asked:.0%}" if name.startswith("share") else f"{asked:,}"
    noun = {"members": "members", "share": "of the members", "revenue": "of revenue"}[name.split("_moved")[0]]
    return f"when {'more than' if name.endswith('_over') else 'at most'} {amount} {noun} move"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + f" and {parts[-1]}" if parts else ""
