"""Loads the demonstration company step by step through the portal's services; each step can be repeated safely."""

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from accounts.errors import NoSuchPerson
from accounts.selectors import people, user_by_username
from accounts.services import create_user
from common.actors import SYSTEM
from customers.selectors import attribute_facts, customer_count, sources_for
from customers.services.attributes import define_attribute
from customers.services.builds import build_profiles
from customers.services.sources import define_source
from demo.aims import load_aims
from demo.boards_at_work import load_boards_at_work
from demo.council import load_council
from demo.documents import Company, Story, company
from demo.glossary import load_glossary
from demo.households import import_households
from demo.months import load_month_ends
from demo.outcomes import load_outcomes, with_predictions
from demo.requests import load_requests
from demo.shadows import load_shadows
from demo.sign_in import kept_password, new_password, write_page
from demo.stories import founding_stories, play
from demo.upkeep import load_upkeep
from memberships.choices import RunState, Trigger
from memberships.selectors import run_for, sizes
from memberships.services import execute_run, request_run
from reviews.selectors import boards_for
from reviews.services.boards import define_board
from taxonomy.selectors import objectives_for
from taxonomy.services.objectives import define_objective

Say = Callable[[str], None]

_OBJECTIVE_FIELDS: Final = ("name", "kind", "metric", "unit", "baseline", "basis", "target", "target_on", "owner")
_SOURCE_FIELDS: Final = ("name", "kind", "description", "freshness_hours", "steward")
_PATIENCE: Final = 120.0


class MembershipNotComputed(RuntimeError):
    """The run that computes the memberships did not succeed."""


def may_load(documents: Company) -> bool:
    """Whether this portal is empty, or holds this company already (perhaps only in part)."""
    if _has_person(documents.people[0]["username"], documents.people[0]["display_name"]):
        return True
    return not people().exists() and customer_count() == 0


def load_company(*, data_dir: Path, say: Say) -> None:
    """Afterwards the whole company stands, with people, households, taxonomy, history and open requests.

    Whatever stands already is left as it is, so that a killed load goes on where it was.
    """
    documents = company()
    Loading(documents, data_dir, say).run()


class Loading:
    """One load of the company, with progress."""

    def __init__(self, documents: Company, data_dir: Path, say: Say) -> None:
        self.documents = documents
        self.data_dir = data_dir
        self.say = say

    def run(self) -> None:
        """All steps in order; each needs those above it."""
        documents = self.documents
        self._step("People", self._people)
        # Before the boards, which decide about objectives from then on.
        self._step("Objectives", self._objectives)
        self._step("Boards", self._boards)
        self._step("Sources and attributes", self._catalogue)
        self._step("Glossary, each word approved", lambda: load_glossary(self._administrator()))
        self._step("Households from four sources", lambda: import_households(documents))
        self._step("Profiles", self._profiles)
        self._step("Month-ends to look back at", load_month_ends)
        self._step("Segments, each proposed and approved", lambda: self._played(self._segments()))
        self._step("Memberships", self._memberships)
        self._step("Changes that the board has decided", lambda: self._played(documents.decided))
        self._step("Memberships after the changes", self._memberships)
        self._step("What came of what was predicted", load_outcomes)
        texts = [*documents.playbooks, *documents.briefs]
        self._step("Playbooks and briefs, each approved", lambda: self._played(self._founding(texts, 45)))
        self._step("Aims: journeys, signatures, efforts, a release", lambda: load_aims(self._administrator()))
        self._step("Council, and what boards ask of larger changes", lambda: load_council(self._administrator()))
        self._step("Candidates in the shadow", load_shadows)
        self._step("Requests that wait for votes", lambda: self._played(documents.waiting))
        self._step("Talk on a request", load_requests)
        self._step("Meetings of the board", load_boards_at_work)
        self._step("Upkeep: audit, rituals, a case", load_upkeep)

    def _step(self, name: str, do: Callable[[], int]) -> None:
        begun = time.monotonic()
        count = do()
        done = f"{count}" if count else "stood already"
        self.say(f"{name}: {done} ({time.monotonic() - begun:.1f} s)")

    def _people(self) -> int:
        missing = [entry for entry in self.documents.people if not _has_person(entry["username"])]
        password = kept_password(self.data_dir)
        if password is None and len(missing) == len(self.documents.people):
            password = new_password()
        # Written first: a password that only the database knows would be lost with a kill in between.
        write_page(self.data_dir, password, self.documents.people)
        for entry in missing:
            create_user(
                actor=self._administrator() or SYSTEM,
                password=password,
                roles=[(role, "") for role in entry["roles"]],
                email=f"{entry['username']}@fairfield.example",
                **{name: entry[name] for name in ("username", "display_name", "function", "team")},
            )
        return len(missing)

    def _administrator(self) -> Any:
        username = self.documents.people[0]["username"]
        return user_by_username(username) if _has_person(username) else None

    def _boards(self) -> int:
        actor = self._administrator()
        present = set(boards_for(viewer=actor).values_list("key", flat=True))
        missing = [board for board in self.documents.boards if board["key"] not in present]
        for board in missing:
            seats: dict[str, list[str]] = {}
            for seat in board["seats"]:
                seats.setdefault(seat["function"], []).append(seat["username"])
            define_board(
                actor=actor,
                policy={name: board[name] for name in ("quorum", "required", "expires_days")},
                seats=seats,
                **{name: board[name] for name in ("key", "name", "description", "branches", "subject_types")},
            )
        return len(missing)

    def _catalogue(self) -> int:
        stewards = {source["key"]: source["steward"] for source in self.documents.sources}
        present = set(sources_for(viewer=self._administrator()).values_list("key", flat=True))
        sources = [source for source in self.documents.sources if source["key"] not in present]
        for source in sources:
            content = {name: source[name] for name in _SOURCE_FIELDS}
            define_source(actor=user_by_username(source["steward"]), key=source["key"], content=content)
        known = attribute_facts()
        attributes = [entry for entry in self.documents.attributes if entry["key"] not in known]
        # What another attribute is compared with must stand before it.
        attributes.sort(key=lambda entry: "not_before" in entry)
        for entry in attributes:
            steward = stewards[entry["source"]]
            content = {name: value for name, value in entry.items() if name != "key"} | {"steward": steward}
            define_attribute(actor=user_by_username(steward), key=entry["key"], content=content)
        return len(sources) + len(attributes)

    def _objectives(self) -> int:
        present = set(objectives_for(viewer=self._administrator()).values_list("key", flat=True))
        missing = [entry for entry in self.documents.objectives if entry["key"] not in present]
        for entry in missing:
            content = {name: entry[name] for name in _OBJECTIVE_FIELDS}
            define_objective(actor=user_by_username(entry["owner"]), key=entry["key"], content=content)
        return len(missing)

    def _profiles(self) -> int:
        return build_profiles(actor=SYSTEM).row_count

    def _segments(self) -> list[Story]:
        return self._founding(with_predictions(self.documents.segments), 76)

    def _founding(self, proposals: Iterable[Any], days_ago: float) -> list[Story]:
        return founding_stories(self.documents, proposals, days_ago)

    def _played(self, stories: Sequence[Story]) -> int:
        viewer = self._administrator()
        return sum(play(story, viewer=viewer) for story in stories)

    def _memberships(self) -> int:
        """Compute all memberships, unless every segment's are those of its live version."""
        if not any(row.state != "fresh" for row in sizes().values()):
            return 0
        steward = user_by_username(self.documents.sources[0]["steward"])
        run = request_run(actor=steward, trigger=Trigger.PERSON, reason="The demonstration company was loaded")
        execute_run(run.pk)
        until = time.monotonic() + _PATIENCE
        while (state := run_for(viewer=steward, run_id=run.pk).state) in (RunState.QUEUED, RunState.RUNNING):
            if time.monotonic() > until:
                break
            time.sleep(0.2)
        if state != RunState.SUCCEEDED:
            raise MembershipNotComputed(f"Run {run.pk} ended as “{state}”. The page of runs says why.")
        return len(sizes())


def _has_person(username: str, display_name: str | None = None) -> bool:
    try:
        person = user_by_username(username)
    except NoSuchPerson:
        return False
    return display_name is None or person.display_name == display_name
