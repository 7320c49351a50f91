"""Counts on profile builds how many customers break what is declared of attributes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import transaction

from common.actors import SYSTEM, Actor
from customers.events import FactsCounted
from customers.models import ProfileBuild
from customers.rows import declared_of
from customers.rows.declared import broken_counts
from customers.rows.frames import scan_files
from customers.selectors import attribute_facts, build_files, newest_build
from ledger.services import announce


def _declared() -> dict[str, dict[str, Any]]:
    return {key: facts for key, row in attribute_facts().items() if (facts := declared_of(row))}


def count_facts(paths: Sequence[Path], schema: Mapping[str, str]) -> dict[str, Any]:
    """What the written files of a build say of everything that is declared now (see `ProfileBuild.facts`)."""
    return broken_counts(scan_files(*paths), schema, _declared())


def counts_all(build: ProfileBuild) -> bool:
    """Whether the build has counted exactly what is declared now."""
    counted = {key: {fact: count["declared"] for fact, count in facts.items()} for key, facts in build.facts.items()}
    return counted == _declared()


@transaction.atomic
def recount_facts(*, actor: Actor = SYSTEM) -> ProfileBuild | None:
    """Count on the newest build who breaks what is declared now; returns the build, None while none has its files.

    Afterwards its `facts` tell of every declaration that its columns can tell of. Never called in a process that forks
    afterwards. Refuses: nothing. Announces: `customers.facts.counted`, unless nothing differs.
    """
    newest = newest_build()
    if newest is None or not all(path.is_file() for path in build_files(newest)):
        return None
    found = count_facts(build_files(newest), newest.schema)
    if found != newest.facts:
        newest.facts = found
        newest.save(update_fields=["facts"])
        announce(FactsCounted(build_id=newest.pk, number=newest.number), actor=actor)
    return newest
