"""Checks an evidence pack without the portal, with nothing but Python 3.9 or newer: python verify.py [folder or zip].

It ends with 0 and says what holds, or with 1 and names the first fault. `--head NUMBER:HASH` compares the ledger's
entry of that number with a head of the chain that was published elsewhere.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

NOT_PROVED = """What this does not prove:
- that the pack is whole and came from the portal: whoever rewrites every file, with all digests, makes another pack
  that holds in itself. Compare the digest of the manifest below with the portal's ledger, or an entry with a head of
  the chain that was published elsewhere (--head NUMBER:HASH).
- that nothing happened between entries whose numbers do not follow each other: those are about other things.
- the words of comments, reasons, declarations and suggestions beyond the manifest: the ledger names them by number.
- who sat at the keyboard: names are those of the accounts that were signed in.
- that the impact was computed rightly; only that this is the record which was shown and agreed to."""

WORDING = ("base_version", "proposed", "rationale", "expected", "effective_at", "statement")


class FaultError(Exception):
    """The first thing that does not hold."""


def canonical(value: Any) -> str:
    """JSON with sorted keys, no spaces and unescaped Unicode."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(value: Any) -> str:
    """SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def demand(holds: bool, words: str) -> None:
    """Stop at the first thing that does not hold."""
    if not holds:
        raise FaultError(words)


def read_pack(place: Path) -> dict[str, bytes]:
    """The files of the pack, by name."""
    if place.is_dir():
        found = {each.name: each.read_bytes() for each in sorted(place.iterdir()) if each.is_file()}
        return {name: held for name, held in found.items() if not name.startswith(".")}
    with zipfile.ZipFile(place) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


def check_manifest(files: dict[str, bytes]) -> None:
    """Every file is the one that the manifest names, none is missing and none was put in."""
    demand("manifest.json" in files, "manifest.json is missing.")
    listed = json.loads(files["manifest.json"])["files"]
    for name in sorted(listed):
        demand(name in files, f"{name} is missing.")
        found = hashlib.sha256(files[name]).hexdigest()
        demand(found == listed[name], f"{name} is not the file that the manifest names.")
    extra = sorted(set(files) - set(listed) - {"manifest.json"})
    demand(not extra, f"{', '.join(extra)} is not in the manifest.")


def wording_of(request: dict[str, Any], revision: dict[str, Any]) -> dict[str, Any]:
    """What the authors wrote, as its digest covers it."""
    words = {name: revision[name] for name in WORDING}
    return {"kind": request["kind"], "subject": request["subject"], **words, "revision": revision["number"]}


def check_revisions(request: dict[str, Any], revisions: list[dict[str, Any]]) -> None:
    """Revisions are numbered from 1 and each has the digest of its own words."""
    for place, revision in enumerate(revisions, start=1):
        demand(revision["number"] == place, f"revisions.json: revision {place} is missing or out of order.")
        found = digest_of(wording_of(request, revision))
        demand(found == revision["digest"], f"revisions.json: the digest of revision {place} is not that of its words.")
    demand(request["revision"] == len(revisions), "request.json: the current revision is not the last one.")


def check_impacts(
    request: dict[str, Any], revisions: list[dict[str, Any]], impacts: list[dict[str, Any]], signed: list[Any]
) -> dict[int, str]:
    """What was put before the board is what was signed; the digest per revision."""
    demand(len(impacts) == len(signed), "signed.json: not one object for each of impacts.json.")
    by_number = {each["number"]: each for each in revisions}
    found: dict[int, str] = {}
    for impact, agreed in zip(impacts, signed):  # noqa: B905 - runs on old Pythons, and the lengths were compared
        number = impact["revision"]
        demand(number in by_number, f"impacts.json: there is no revision {number}.")
        record = impact["digest"] if _is_withheld(impact) else _digest_of_record(impact)
        demand(record == impact["digest"], f"impacts.json: the record of revision {number} is not that of its digest.")
        whole = {
            **wording_of(request, by_number[number]),
            "impact": record,
            "checks": digest_of(impact["checks"]),
            "policy": {"version": impact["policy_version"], **impact["policy"]},
        }
        demand(whole == agreed, f"signed.json: revision {number} is not made of its words, impact, checks and policy.")
        demand(digest_of(agreed) == impact["signed"], f"impacts.json: the signed digest of revision {number} is wrong.")
        found[number] = impact["signed"]
    last = found.get(request["revision"], revisions[-1]["digest"])
    demand(request["digest"] == last, "request.json: its digest is not that of the current revision.")
    return found


def _digest_of_record(impact: dict[str, Any]) -> str:
    """Of the record with its nonce; of the record alone where it was kept before records had nonces."""
    nonce = impact.get("nonce")
    return digest_of({"nonce": nonce, "record": impact["record"]} if nonce else impact["record"])


def _is_withheld(impact: dict[str, Any]) -> bool:
    """Whether only the record's digest is here, because whoever took the pack may not read exact counts."""
    return impact["record"] is None and bool(impact.get("withheld"))


def check_votes(
    request: dict[str, Any], revisions: list[dict[str, Any]], votes: list[dict[str, Any]], signed: dict[int, str]
) -> None:
    """Each vote is bound to what was shown, nobody voted on their own words, and old votes are void."""
    hands = {request["author"]} | {each[role] for each in revisions for role in ("editor", "suggested_by")} - {None}
    for vote in votes:
        name = f"votes.json: vote {vote['id']} by {vote['voter']}"
        demand(vote["digest"] == signed.get(vote["revision"]), f"{name} is not bound to what was shown.")
        demand(vote["voided_at"] is None or bool(vote["void_reason"]), f"{name} is void without a reason.")
        if vote["voided_at"] is None:
            demand(vote["revision"] == request["revision"], f"{name} stands although the request changed after it.")
            demand(vote["voter"] not in hands, f"{name} stands although they wrote part of the request.")


def check_entries(request: dict[str, Any], entries: list[dict[str, Any]]) -> None:
    """Each entry has the hash of its text, says what its text says, and neighbours are linked."""
    before: dict[str, Any] = {}
    for entry in entries:
        name = f"ledger.json: entry {entry['id']}"
        text = entry["text"]
        demand(hashlib.sha256(text.encode()).hexdigest() == entry["hash"], f"{name} has not the hash of its text.")
        number, at, event, _, actor, kind, key, story, payload, previous = json.loads(text)
        said = (number, event, actor, story, payload, previous)
        shown = tuple(entry[each] for each in ("id", "event", "actor", "correlation_id", "payload", "previous_hash"))
        demand(said == shown and at[:19] == entry["at"][:19], f"{name} does not say what its text says.")
        demand((kind, key) == ("request", str(request["id"])), f"{name} is about something else.")
        if before:
            demand(number > before["id"], f"{name} is out of order.")
        if before and number == before["id"] + 1:
            demand(previous == before["hash"], f"{name} is not linked to the entry before it.")
        before = entry


def check_story(parts: dict[str, Any]) -> None:
    """Votes, comments, suggestions, revisions and the outcome are those that the ledger tells of."""
    entries, request = parts["ledger.json"], parts["request.json"]
    told = _told(entries, "reviews.vote.cast", "vote_id", ("verdict", "function", "digest", "revision"))
    fields = ("verdict", "function", "digest", "revision")
    cast = {vote["id"]: tuple(vote[name] for name in fields) for vote in parts["votes.json"]}
    _same("votes.json", "vote", told, cast)
    voters = {entry["payload"]["vote_id"]: entry["actor"] for entry in entries if entry["event"] == "reviews.vote.cast"}
    _same("votes.json", "voter of vote", voters, {vote["id"]: vote["voter"] for vote in parts["votes.json"]})
    for name, event, field in (
        ("comments.json", "reviews.comment.added", "comment_id"),
        ("suggestions.json", "reviews.suggestion.made", "suggestion_id"),
    ):
        writers = {entry["payload"][field]: entry["actor"] for entry in entries if entry["event"] == event}
        _same(name, "number", writers, {each["id"]: each["author"] for each in parts[name]})
    applied = [entry["payload"] for entry in entries if entry["event"] == "reviews.request.applied"]
    demand(
        (request["state"] == "applied") == bool(applied), f"request.json: the ledger does not say {request['state']}."
    )
    if applied:
        number = applied[-1]["version_number"]
        demand(number == request["applied_version"], f"request.json: the ledger says version {number} took effect.")
    for state in ("rejected", "withdrawn", "expired"):
        ended = any(entry["event"] == f"reviews.request.{state}" for entry in entries)
        demand((request["state"] == state) == ended, f"request.json: the ledger tells otherwise whether it is {state}.")


def _told(entries: list[dict[str, Any]], event: str, key: str, fields: tuple[str, ...]) -> dict[int, Any]:
    found = [entry["payload"] for entry in entries if entry["event"] == event]
    return {payload[key]: tuple(payload[name] for name in fields) for payload in found}


def _same(name: str, noun: str, told: dict[int, Any], held: dict[int, Any]) -> None:
    for number in sorted({*told, *held}):
        demand(number in held, f"{name}: {noun} {number} is missing; the ledger tells of it.")
        demand(number in told, f"{name}: {noun} {number} is unknown to the ledger.")
        demand(told[number] == held[number], f"{name}: {noun} {number} is not what the ledger tells.")


def check_head(entries: list[dict[str, Any]], head: str) -> str:
    """Compare one entry with a published head; the sentence to say."""
    number, _, digest = head.partition(":")
    entry = next((each for each in entries if str(each["id"]) == number), None)
    if entry is None:
        return f"The head {number} is of an entry that is not in this pack: nothing was compared."
    demand(entry["hash"] == digest, f"ledger.json: entry {number} has another hash than the published head.")
    return f"Entry {number} has the hash of the published head."


def verify(files: dict[str, bytes], head: str = "") -> list[str]:
    """The sentences to say where everything holds; raises FaultError otherwise."""
    check_manifest(files)
    parts = {name: json.loads(held) for name, held in files.items() if name.endswith(".json")}
    request, revisions, votes = parts["request.json"], parts["revisions.json"], parts["votes.json"]
    check_revisions(request, revisions)
    signed = check_impacts(request, revisions, parts["impacts.json"], parts["signed.json"])
    check_votes(request, revisions, votes, signed)
    check_entries(request, parts["ledger.json"])
    check_story(parts)
    standing = sum(1 for vote in votes if vote["voided_at"] is None)
    found = [
        f"Request {request['id']}, {request['state']}: the pack holds.",
        f"{len(files)} files, {len(revisions)} revisions and {len(signed)} records have their digests.",
        f"{len(votes)} votes are bound to what was shown; {standing} of them stand.",
        f"{len(parts['ledger.json'])} entries of the ledger have their hashes and tell the same story.",
    ]
    withheld = sum(1 for impact in parts["impacts.json"] if _is_withheld(impact))
    if withheld:
        found.append(
            f"{withheld} of the records of impact are withheld: of these only the digest was compared, not the counts."
        )
    if head:
        found.append(check_head(parts["ledger.json"], head))
    return [*found, f"Digest of the manifest: {hashlib.sha256(files['manifest.json']).hexdigest()}"]


def main() -> int:
    """Check the pack that the command line names, or the folder of this script."""
    asked = argparse.ArgumentParser(description="Checks an evidence pack without the portal.")
    asked.add_argument("pack", nargs="?", default=str(Path(__file__).resolve().parent), help="folder or zip")
    asked.add_argument("--head", default="", help="NUMBER:HASH of a published head of the ledger's chain")
    given = asked.parse_args()
    try:
        lines = verify(read_pack(Path(given.pack)), given.head)
    except FaultError as fault:
        sys.stdout.write(f"FAULT {fault}\n")
        return 1
    except (OSError, ValueError, KeyError, TypeError, IndexError, zipfile.BadZipFile) as unreadable:
        sys.stdout.write(f"FAULT The pack cannot be read: {type(unreadable).__name__}: {unreadable}\n")
        return 1
    sys.stdout.write("\n".join([*lines, NOT_PROVED, ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
