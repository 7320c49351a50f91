"""Reads a board's policy as somebody wrote it into its one form; where it is not sound, says what and where."""

from collections.abc import Callable, Mapping
from typing import Any

from accounts.choices import Function
from accounts.selectors import user_by_username
from common.errors import DomainError, Invalid
from common.texts import clean_text
from reviews.choices import EXPIRES_DAYS, Kind, RejectOn, SubjectType
from reviews.conditions import PEOPLE, RELATIONS, WHEN
from reviews.statements import FIELDS as STATEMENT_FIELDS

Policy = dict[str, Any]
DEMANDS = ("objective", *(name for name in STATEMENT_FIELDS if name != "quick_win"))
"""What a policy may demand of a request: an objective of its segment, and the parts of its author's statement."""

MOST_CONDITIONS = 20
POLICY_FIELDS = (
    "quorum",
    "required",
    "reject_on",
    "expires_days",
    "people",
    "outsiders",
    "notice_days",
    "due_days",
    "demands",
    "tolerance",
    "conditions",
)
THEN_FIELDS = (*POLICY_FIELDS[:-2], "light")


def checked_policy(policy: Mapping[str, Any], pointer: str = "/policy") -> Policy:
    """The policy in its one written form; `Invalid` where it is not sound. A quorum below 1 is never accepted.

    What asks for nothing is left out, so that a plain policy stays as short as it was written.
    """
    _object(policy, pointer, "A policy is an object: quorum, required, ...")
    _refuse_unknown(policy, POLICY_FIELDS, pointer, "A policy")
    required = _required(policy.get("required") or {}, f"{pointer}/required")
    owed = sum(required.values())
    quorum = _number(policy.get("quorum", max(1, owed)), f"{pointer}/quorum", "The quorum")
    _refuse_small_quorum(quorum, owed, f"{pointer}/quorum")
    days = policy.get("expires_days", EXPIRES_DAYS)
    return {
        "quorum": quorum,
        "required": required,
        "reject_on": _reject_on(policy.get("reject_on", RejectOn.ANY.value), f"{pointer}/reject_on"),
        "expires_days": _number(days, f"{pointer}/expires_days", "The days until a request expires"),
        **_besides(policy, pointer),
        **_conditions([] if policy.get("conditions") is None else policy["conditions"], f"{pointer}/conditions"),
    }


def _refuse_small_quorum(quorum: int, owed: int, pointer: str) -> None:
    if quorum < owed:
        raise Invalid(
            f"The required functions ask for {owed} approvals, so the quorum cannot be {quorum}.",
            code="quorum_too_small",
            pointer=pointer,
        )


def _besides(given: Mapping[str, Any], pointer: str) -> Policy:
    """People, outsiders, notice, due days and demands, as far as they ask for anything."""
    found: Policy = {}
    if given.get("people"):
        found["people"] = _list_of(given["people"], f"{pointer}/people", _person_rule)
    for name, words in (("outsiders", "The number of outsiders"), ("notice_days", "The days of notice")):
        if given.get(name):
            found[name] = _number(given[name], f"{pointer}/{name}", words)
    if given.get("due_days") is not None:
        found["due_days"] = _number(given["due_days"], f"{pointer}/due_days", "The days until it is due")
    if given.get("demands"):
        found["demands"] = _list_of(given["demands"], f"{pointer}/demands", _among(DEMANDS, "A demand"))
    if given.get("tolerance") is not None:
        found["tolerance"] = _share(given["tolerance"], f"{pointer}/tolerance")
    return found


def _share(value: Any, pointer: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        detail = "The tolerance is the share by which an impact may be off when it is applied: a number from 0 to 1."
        raise Invalid(detail, code="out_of_range", pointer=pointer)
    return float(value)


def _conditions(given: Any, pointer: str) -> Policy:
    if not isinstance(given, list):
        raise Invalid("Conditions are a list: name, when, then.", code="wrong_type", pointer=pointer)
    if len(given) > MOST_CONDITIONS:
        raise Invalid(f"A board has at most {MOST_CONDITIONS} conditions.", code="too_many", pointer=pointer)
    found = [_condition(item, f"{pointer}/{number}") for number, item in enumerate(given)]
    names = [item["name"] for item in found]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise Invalid(
                f"Two conditions are called {name}. People read in them why something is asked: name each by itself.",
                code="named_twice",
                pointer=f"{pointer}/{number}/name",
            )
    return {"conditions": found} if found else {}


def _condition(item: Any, pointer: str) -> Policy:
    _object(item, pointer, "A condition is an object: name, when, then.")
    _refuse_unknown(item, ("name", "when", "then"), pointer, "A condition")
    when, then = item.get("when"), item.get("then")
    _object(when, f"{pointer}/when", f"Say when it holds: {', '.join(WHEN)}.")
    _object(then, f"{pointer}/then", f"Say what it asks for: {', '.join(THEN_FIELDS)}.")
    _refuse_unknown(when, tuple(WHEN), f"{pointer}/when", "A condition's when")
    _refuse_unknown(then, THEN_FIELDS, f"{pointer}/then", "A condition's then")
    if not when:
        raise Invalid(
            "Say when it holds. What always holds belongs into the policy itself.",
            code="required",
            pointer=f"{pointer}/when",
        )
    return {
        "name": clean_text(item.get("name", ""), pointer=f"{pointer}/name", max_length=80),
        "when": {name: _asked(name, asked, f"{pointer}/when/{name}") for name, asked in when.items()},
        "then": _outcome(then, f"{pointer}/then"),
    }


def _asked(name: str, asked: Any, pointer: str) -> Any:
    if name in ("sensitive", "metadata_only", "bulk"):
        if not isinstance(asked, bool):
            raise Invalid("Say true or false.", code="wrong_type", pointer=pointer)
        return asked
    lists = {"relation": RELATIONS, "kinds": tuple(Kind.values), "subject_types": tuple(SubjectType.values)}
    if name in lists:
        found = _list_of(asked, pointer, _among(lists[name], "This"))
        if not found:
            raise Invalid(f"Name at least one of: {', '.join(lists[name])}.", code="required", pointer=pointer)
        return found
    if isinstance(asked, bool) or not isinstance(asked, int | float) or not 0 <= asked <= 1e15:
        raise Invalid("Give a number of 0 or more.", code="out_of_range", pointer=pointer)
    if name.startswith("share") and asked > 1:
        raise Invalid("A share is between 0 and 1: 0.05 is 5%.", code="out_of_range", pointer=pointer)
    return asked


def _outcome(then: Mapping[str, Any], pointer: str) -> Policy:
    """What a condition asks for: more than the board usually does, or (light) other and less."""
    found: Policy = {}
    if then.get("light") not in (None, True, False):
        raise Invalid("Say true or false.", code="wrong_type", pointer=f"{pointer}/light")
    if then.get("light"):
        found["light"] = True
    required = _required(then.get("required") or {}, f"{pointer}/required")
    if then.get("quorum") is not None:
        found["quorum"] = _number(then["quorum"], f"{pointer}/quorum", "The quorum")
        _refuse_small_quorum(found["quorum"], sum(required.values()), f"{pointer}/quorum")
    if required:
        found["required"] = required
    if then.get("reject_on") is not None:
        found["reject_on"] = _reject_on(then["reject_on"], f"{pointer}/reject_on")
    if then.get("expires_days") is not None:
        found["expires_days"] = _number(then["expires_days"], f"{pointer}/expires_days", "The days until it expires")
    found |= _besides(then, pointer)
    if not found:
        raise Invalid("It asks for nothing. Say what it adds, or leave it out.", code="required", pointer=pointer)
    if found.get("light") and "quorum" not in found:
        found["quorum"] = max(1, sum(required.values()))
    return found


def _object(value: Any, pointer: str, words: str) -> None:
    if not isinstance(value, Mapping):
        raise Invalid(words, code="wrong_type", pointer=pointer)


def _refuse_unknown(given: Mapping[str, Any], known: tuple[str, ...], pointer: str, noun: str) -> None:
    for field in given:
        if field not in known:
            raise Invalid(
                f"{noun} has no {field}. Known: {', '.join(known)}.", code="unknown_field", pointer=f"{pointer}/{field}"
            )


def _list_of(given: Any, pointer: str, read: Callable[[Any, str], str]) -> list[str]:
    if not isinstance(given, list):
        raise Invalid("Give a list.", code="wrong_type", pointer=pointer)
    return list(dict.fromkeys(read(item, f"{pointer}/{number}") for number, item in enumerate(given)))


def _among(known: tuple[str, ...], noun: str) -> Callable[[Any, str], str]:
    def read(value: Any, pointer: str) -> str:
        if value not in known:
            raise Invalid(f"{noun} is one of: {', '.join(known)}.", code="unknown_choice", pointer=pointer)
        return str(value)

    return read


def _person_rule(value: Any, pointer: str) -> str:
    if value in PEOPLE:
        return str(value)
    if isinstance(value, str) and value.startswith("user:"):
        try:
            return f"user:{user_by_username(value.removeprefix('user:')).get_username()}"
        except DomainError as unknown:
            raise Invalid(unknown.detail, code="unknown_person", pointer=pointer) from unknown
    raise Invalid(
        f"A person is named by a rule ({', '.join(PEOPLE)}) or as user:name.", code="unknown_person", pointer=pointer
    )


def _reject_on(value: Any, pointer: str) -> str:
    if value not in RejectOn.values:
        raise Invalid(f"reject_on is one of: {', '.join(RejectOn.values)}.", pointer=pointer)
    return str(value)


def _required(given: Any, pointer: str) -> dict[str, int]:
    _object(given, pointer, "Required approvals are an object: function -> number.")
    found: dict[str, int] = {}
    for function, number in given.items():
        checked_function(function, f"{pointer}/{function}")
        found[str(function)] = _number(number, f"{pointer}/{function}", "The number of approvals")
    return found


def _number(value: Any, pointer: str, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1000:
        raise Invalid(f"{name} is a whole number from 1 to 1,000.", code="out_of_range", pointer=pointer)
    return value


def checked_function(value: Any, pointer: str) -> str:
    """The function; `Invalid` with the list where there is none such."""
    if value not in Function.values:
        raise Invalid(
            f"There is no function “{value}”. Known: {', '.join(Function.values)}.",
            code="unknown_function",
            pointer=pointer,
        )
    return str(value)
