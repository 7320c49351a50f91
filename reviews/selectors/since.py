"""What changed between what somebody approved and what the request is now, each ingredient of the approval named."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reviews.choices import CheckStatus, Verdict
from reviews.content import plain
from reviews.models import ChangeRequest, Impact, Revision, Vote
from reviews.selectors.requests import current_impact

WORDING = {
    "title": "Title",
    "rationale": "Why",
    "expected": "Expected",
    "effective_at": "Effective date",
    "base_version": "Live version it is written against",
}
IMPACT = {
    "staying": "stay",
    "entering": "enter",
    "leaving": "leave",
    "members": "customers read it",
    "build": "profile build",
    "relation": "kind of change",
}
QUIET_PARTS = frozenset({"computed", "form", "digest_of_build"})


@dataclass(frozen=True)
class Ingredient:
    """One thing that differs: which part of what was signed (change, statement, ethics, impact, checks, policy)."""

    part: str
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class YourApproval:
    """The viewer's approval of this request: standing on what is shown, or void with all that changed since."""

    vote: Vote
    stands: bool
    changed: list[Ingredient]

    @property
    def parts(self) -> list[str]:
        """The parts that differ, in order, each once."""
        return list(dict.fromkeys(each.part for each in self.changed))


def approval_of(viewer: Any, request: ChangeRequest) -> YourApproval | None:
    """The viewer's newest approval of the request, whether it stands; None when they never gave one."""
    vote = (
        Vote.objects.filter(request_id=request.pk, voter_id=viewer.pk, verdict=Verdict.APPROVE)
        .select_related("revision", "revision__impact")
        .order_by("-pk")
        .first()
    )
    if vote is None:
        return None
    if vote.voided_at is None and vote.revision.number == request.revision:
        return YourApproval(vote, True, [])
    seen = getattr(vote.revision, "impact", None)
    return YourApproval(vote, False, changed_since(vote.revision, seen, request, current_impact(request)))


def changed_since(
    revision: Revision, seen: Impact | None, request: ChangeRequest, impact: Impact | None
) -> list[Ingredient]:
    """Every ingredient in which the request differs from the revision and what was put before the board with it."""
    found = [
        *_fields("change", _wording(revision), _wording(request)),
        *_fields("change", _labelled(revision.proposed), _labelled(request.proposed)),
        *_statements(revision.statement, request.statement),
    ]
    if seen is not None and impact is not None:
        found += [
            *_impacts(seen.record, impact.record),
            *_fields("checks", _checks(seen), _checks(impact)),
            *_policies(seen, impact),
        ]
        if seen.grounds != impact.grounds:
            found += _fields("grounds", _labelled(seen.grounds), _labelled(impact.grounds))
    return found


def _fields(part: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Ingredient]:
    for label in dict.fromkeys([*old, *new]):
        before, after = plain(old.get(label)), plain(new.get(label))
        if before != after:
            yield Ingredient(part, label, before, after)


def _wording(row: Revision | ChangeRequest) -> dict[str, Any]:
    found = {label: getattr(row, field) for field, label in WORDING.items()}
    return {**found, "Effective date": moment_in_words(row.effective_at.isoformat() if row.effective_at else "")}


def _labelled(content: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name).replace("_", " ").capitalize(): value for name, value in content.items()}


def _statements(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Ingredient]:
    """Answers to the guideline one by one, everything else by its name."""
    answers = [{key.replace("-", " "): value for key, value in side.get("ethics", {}).items()} for side in (old, new)]
    yield from _fields("ethics", *answers)
    rest = [_labelled({name: value for name, value in side.items() if name != "ethics"}) for side in (old, new)]
    yield from _fields("statement", *rest)


def _impacts(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Ingredient]:
    named = [{label: side.get(field) for field, label in IMPACT.items()} for side in (old, new)]
    yield from _fields("impact", *named)
    rest = [
        _labelled({name: _said(name, side[name]) for name in side if name not in IMPACT and name not in QUIET_PARTS})
        for side in (old, new)
    ]
    yield from _fields("impact", *rest)


def _said(name: str, value: Any) -> Any:
    return moment_in_words(value) if name == "as_of" else value


def moment_in_words(text: str | None) -> str:
    """A stored moment as pages write it; empty where there is none."""
    return f"{datetime.fromisoformat(text):%-d %B %Y, %H:%M} UTC" if text else ""


def _checks(impact: Impact) -> dict[str, str]:
    """Each check as its result and reason; of one name only what several of them say together."""
    found: dict[str, str] = {}
    for check in impact.checks:
        words = f"{CheckStatus(check['status']).label}: {check['reason']}"
        found[check["name"]] = f"{found[check['name']]}\n{words}" if check["name"] in found else words
    return found


def _policies(seen: Impact, impact: Impact) -> Iterator[Ingredient]:
    if seen.policy_version != impact.policy_version:
        yield Ingredient("policy", "Version of the policy", str(seen.policy_version), str(impact.policy_version))
    yield from _fields("policy", _labelled(seen.policy), _labelled(impact.policy))


def differences_between(request: ChangeRequest, number: int) -> list[Ingredient] | None:
    """What differs between an earlier revision and what stands now; None when there is no such revision."""
    revision = Revision.objects.filter(request_id=request.pk, number=number).select_related("impact").first()
    if revision is None:
        return None
    return changed_since(revision, getattr(revision, "impact", None), request, current_impact(request))
