"""Loads what the company is about: signatures, journeys, actuals, efforts, weights and the first release."""

import tomllib
from datetime import timedelta
from functools import cache
from typing import Any, Final

from accounts.selectors import user_by_username
from aims.selectors import journeys_for, progress_of, releases_for, weights_in_force
from aims.selectors.efforts import efforts_of
from aims.services.efforts import record_effort, set_weights
from aims.services.measuring import enter_actual, measure_objectives
from aims.services.releasing import confirm_reading, publish_release
from common.clock import now
from demo.documents import FOLDER, Ballot, Content, Proposal, Story
from demo.stories import play
from memberships.selectors import member_values
from taxonomy.selectors import agreement_of, objective_for
from taxonomy.services.signing import sign_objective

_VOTERS: Final = ("grace", "omar", "ingrid")
_REASONS: Final = (
    "It says in one page what we have been telling each other for a year.",
    "The stores can work with it.",
    "Clear, and somebody answers for it.",
)


@cache
def aims() -> Content:
    """The document of aims."""
    return tomllib.loads((FOLDER / "aims.toml").read_text(encoding="utf-8"))


def load_aims(viewer: Any) -> int:
    """Afterwards the objectives are signed as written, journeys stand, and the first release is out; how much of it was
    still to do."""
    done = sum(play(story, viewer=viewer) for story in journey_stories())
    done += play(measured_story(), viewer=viewer)
    done += _sign(viewer) + _enter(viewer) + _spend() + _weigh()
    done += measure_objectives()
    return done + _release(viewer)


def journey_stories() -> list[Story]:
    """A request for each journey, approved by the board."""
    return [
        _story("journey", entry["key"], f"New journey: {entry['name']}", entry["author"], entry["rationale"], {
            part: entry[part] for part in ("name", "description", "stages", "moments")
        })
        for entry in aims()["journeys"]
    ]  # fmt: skip


def measured_story() -> Story:
    """A request for the objective that is measured from data; its baseline is what the data says today."""
    entry = aims()["measured"]
    held = member_values([entry["segment"]], entry["attribute"]).get(entry["segment"])
    baseline = round(held.mean, 2) if held and held.mean else 0
    content = {
        **{part: entry[part] for part in ("name", "kind", "metric", "unit", "target_on")},
        "baseline": baseline,
        "basis": f"Measured on the receipts: the mean of {held.known if held else 0} households when it was proposed.",
        "target": round(baseline * entry["growth"], 0) or 1,
        "owner": entry["username"],
        "measure": {"kind": "mean", "attribute": entry["attribute"], "segment": entry["segment"]},
    }
    title = f"New objective: {entry['name']}"
    return _story("objective", entry["key"], title, entry["username"], entry["rationale"], content)


def _story(subject_type: str, key: str, title: str, author: str, rationale: str, content: Content) -> Story:
    proposal = Proposal(
        kind="create",
        subject_type=subject_type,
        key=key,
        title=title,
        author=author,
        content=content,
        rationale=rationale,
        expected="",
    )
    pairs = zip(_VOTERS, _REASONS, strict=True)
    return Story(
        proposal=proposal, votes=tuple(Ballot(username=who, verdict="approve", reason=why) for who, why in pairs)
    )


def _sign(viewer: Any) -> int:
    done = 0
    for entry in aims()["signatures"]:
        objective = objective_for(viewer=viewer, key=entry["objective"])
        if entry["function"] in agreement_of(objective).signed:
            continue
        sign_objective(
            actor=user_by_username(entry["username"]),
            key=objective.key,
            function=entry["function"],
            version=objective.version,
            note=entry["note"],
        )
        done += 1
    return done


def _enter(viewer: Any) -> int:
    done = 0
    for entry in aims()["actuals"]:
        objective = objective_for(viewer=viewer, key=entry["objective"])
        if any(row.basis == entry["evidence"] for row in progress_of(objective, None).actuals):
            continue
        on = (now() - timedelta(days=entry["days_ago"])).date()
        enter_actual(actor=objective.owner, key=objective.key, value=entry["value"], on=on, evidence=entry["evidence"])
        done += 1
    return done


def _spend() -> int:
    done = 0
    for entry in aims()["efforts"]:
        if any(each.what == entry["what"] for each in efforts_of(entry["segment"])):
            continue
        first, last = (now() - timedelta(days=days) for days in entry["days_ago"])
        record_effort(
            actor=user_by_username(entry["username"]),
            segment_key=entry["segment"],
            starts_on=first.date(),
            ends_on=last.date(),
            **{part: entry[part] for part in ("kind", "amount", "what")},
        )
        done += 1
    return done


def _weigh() -> int:
    entry = aims()["weights"]
    if weights_in_force().row is not None:
        return 0
    set_weights(actor=user_by_username(entry["username"]), weights=entry["weights"], reason=entry["reason"])
    return 1


def _release(viewer: Any) -> int:
    entry = aims()["release"]
    done = 0
    if not releases_for(viewer=viewer).exists() and journeys_for(viewer=viewer).exists():
        actor = user_by_username(entry["username"])
        publish_release(actor=actor, title=entry["title"], vision=entry["vision"])
        done = 1
    for username in entry["readers"]:
        confirm_reading(actor=user_by_username(username), number=1)
    return done
