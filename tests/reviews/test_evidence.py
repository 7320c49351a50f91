"""The evidence pack and the script in it: what holds, and every kind of tampering found and named."""

import copy
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from common.actors import SYSTEM
from memberships.services import execute_run, request_run
from reviews.models import ChangeRequest
from reviews.selectors import evidence_pack, verify
from reviews.selectors.shown_impact import FEW
from reviews.services.comments import add_comment
from reviews.services.requests import create_request, edit_request, submit_request
from reviews.services.suggesting import suggest_wording, take_suggestion
from tests.reviews.conftest import vote

Files = dict[str, bytes]


@pytest.fixture
def packed(cast: SimpleNamespace, in_review: ChangeRequest, finance_seat: None) -> Files:
    """The pack of a request with two wordings, void and standing votes, a taken suggestion, talk, and an outcome."""
    vote(cast.marketing_member, in_review)
    add_comment(
        actor=cast.sales_member, request_id=in_review.pk, body="Why </script><b>1,000</b>? ünïcode 'x' \\ \u2028"
    )
    made = suggest_wording(actor=cast.finance_member, request_id=in_review.pk, field="rule", proposed="spend >= 1500.5")
    statement = {"prediction": {"size": {"low": 0.1, "expected": 5.0, "high": 1e7}, "due_on": "2999-01-01"}}
    edit_request(actor=cast.owner, request_id=in_review.pk, changes={"statement": statement})
    take_suggestion(actor=cast.owner, request_id=in_review.pk, suggestion_id=made.pk)
    for member in (cast.marketing_member, cast.sales_member):
        vote(member, in_review, reason="Good.")
    return read(evidence_pack(viewer=cast.auditor, request_id=in_review.pk))


@pytest.fixture
def finance_seat(cast: SimpleNamespace, board: Any) -> None:
    from reviews.services.boards import seat_member

    seat_member(actor=cast.administrator, board_key="grocery", username="finance_member", function="finance")


def read(pack: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(pack)) as held:
        return {name: held.read(name) for name in held.namelist()}


def with_new_manifest(files: Files) -> Files:
    """What somebody who can reckon writes after tampering."""
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = {
        name: hashlib.sha256(held).hexdigest() for name, held in files.items() if name != "manifest.json"
    }
    return {**files, "manifest.json": json.dumps(manifest).encode()}


def changed(files: Files, name: str, change: Callable[[Any], Any]) -> Files:
    value = json.loads(files[name])
    given = change(value)
    return {**files, name: json.dumps(value if given is None else given).encode()}


def test_pack__unpacked__is_verified_by_its_own_script_without_the_portal(packed: Files, tmp_path: Path) -> None:
    for name, held in packed.items():
        (tmp_path / name).write_bytes(held)
    answer = subprocess.run(
        [sys.executable, "-I", str(tmp_path / "verify.py")], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "the pack holds" in answer.stdout and "What this does not prove" in answer.stdout
    assert "3 votes are bound to what was shown; 2 of them stand." in answer.stdout

    (tmp_path / "votes.json").write_bytes(packed["votes.json"] + b" ")
    broken = subprocess.run(
        [sys.executable, "-I", str(tmp_path / "verify.py")], capture_output=True, text=True, check=False
    )
    assert broken.returncode == 1 and broken.stdout.startswith("FAULT votes.json")


def test_pack__every_single_file__is_missed_and_its_change_found(packed: Files) -> None:
    assert verify.verify(packed)
    for name in packed:
        if name == "manifest.json":
            continue
        with pytest.raises(verify.FaultError, match=name.replace(".", r"\.")):
            verify.verify({**packed, name: packed[name] + b" "})
        with pytest.raises(verify.FaultError, match=f"{name} is missing"):
            verify.verify({other: held for other, held in packed.items() if other != name})
    with pytest.raises(verify.FaultError, match=r"manifest\.json is missing"):
        verify.verify({name: held for name, held in packed.items() if name != "manifest.json"})
    with pytest.raises(verify.FaultError, match=r"more\.txt"):
        verify.verify({**packed, "more.txt": b""})


def _first(field: str, value: Any) -> Callable[[Any], None]:
    return lambda rows: rows[0].update({field: value})


def _last(field: str, value: Any) -> Callable[[Any], None]:
    return lambda rows: rows[-1].update({field: value})


TAMPERED: list[tuple[str, str, Callable[[Any], Any]]] = [
    ("revisions.json", "revision 1", lambda rows: rows[0]["proposed"].update({"rule": "TRUE"})),
    ("revisions.json", "revision 1", _first("rationale", "Another reason.")),
    ("revisions.json", "revision 2", lambda rows: rows[1]["statement"].clear()),
    ("revisions.json", "revision 2 is missing", lambda rows: rows[:1] + rows[2:]),
    ("revisions.json", "current revision", lambda rows: rows[:-1]),
    ("impacts.json", "record of revision 1", lambda rows: rows[0]["record"].update({"entering": 1})),
    ("signed.json", "revision 1", lambda rows: rows[0]["checks"].__class__ and rows[0].update({"checks": "0" * 64})),
    ("impacts.json", "revision 1", lambda rows: rows[0]["checks"][0].update({"status": "pass", "reason": "Fine."})),
    ("impacts.json", "revision 3", lambda rows: rows[-1]["policy"].update({"quorum": 1})),
    ("impacts.json", "signed digest", _first("signed", "0" * 64)),
    ("signed.json", "not one object", lambda rows: rows[1:]),
    ("votes.json", "not bound", _last("digest", "0" * 64)),
    ("votes.json", "vote", _last("verdict", "abstain")),
    ("votes.json", "vote", _last("function", "finance")),
    ("votes.json", "stands although they wrote", _last("voter", "owner")),
    ("votes.json", "stands although they wrote", _last("voter", "finance_member")),
    ("votes.json", "voter of vote", _last("voter", "viewer")),
    ("votes.json", "stands although the request changed", _first("voided_at", None)),
    ("votes.json", "void without a reason", _first("void_reason", "")),
    ("votes.json", "missing", lambda rows: rows[:-1]),
    ("votes.json", "unknown", lambda rows: [*rows, {**rows[-1], "id": 10**9}]),
    ("comments.json", "missing", lambda rows: []),
    ("comments.json", "number", _first("author", "viewer")),
    ("suggestions.json", "missing", lambda rows: []),
    ("request.json", "ledger", lambda row: row.update({"state": "rejected"})),
    ("request.json", "version", lambda row: row.update({"applied_version": 9})),
    ("request.json", "digest", lambda row: row.update({"digest": "0" * 64})),
    ("request.json", "revision 1", lambda row: row.update({"kind": "retire"})),
    ("ledger.json", "does not say", _first("actor", "somebody")),
    ("ledger.json", "does not say", lambda rows: rows[0]["payload"].update({"revision": 9})),
    ("ledger.json", "hash of its text", lambda rows: rows[0].update({"text": rows[0]["text"] + " "})),
    ("ledger.json", "hash of its text", _first("hash", "0" * 64)),
    ("ledger.json", "out of order", lambda rows: [rows[1], rows[0], *rows[2:]]),
]


def test_pack__tampered_with_by_somebody_who_mends_the_manifest__is_found_and_named(packed: Files) -> None:
    for name, words, change in TAMPERED:
        forged = with_new_manifest(changed(packed, name, change))
        with pytest.raises(verify.FaultError) as found:
            verify.verify(forged)
        assert words in str(found.value), f"{name}: {found.value}"


def test_pack__an_entry_rewritten_with_its_own_hash__breaks_the_link_or_the_published_head(packed: Files) -> None:
    entries = json.loads(packed["ledger.json"])
    following = next(at for at in range(1, len(entries)) if entries[at]["id"] == entries[at - 1]["id"] + 1)
    forged = copy.deepcopy(entries)
    row = forged[following - 1]
    row["text"] = row["text"].replace(row["actor"], "nobody")
    row["actor"], row["hash"] = "nobody", hashlib.sha256(row["text"].encode()).hexdigest()
    with pytest.raises(verify.FaultError, match="not linked"):
        verify.check_entries(json.loads(packed["request.json"]), forged)

    last = entries[-1]
    said = verify.verify(packed, f"{last['id']}:{last['hash']}")
    assert "has the hash of the published head" in " ".join(said)
    with pytest.raises(verify.FaultError, match="published head"):
        verify.verify(packed, f"{last['id']}:{'0' * 64}")
    assert "nothing was compared" in " ".join(verify.verify(packed, f"999999999:{'0' * 64}"))


def test_script__reckons_as_the_portal_does__for_every_ingredient(packed: Files) -> None:
    signed = json.loads(packed["signed.json"])
    known = {"kind", "subject", *verify.WORDING, "revision", "impact", "checks", "policy"}
    assert all(set(each) == known for each in signed), "an ingredient is signed that the script does not know"


def test_summary__is_readable_alone_and_hostile_words_stay_words(packed: Files) -> None:
    page = packed["summary.html"].decode()
    assert "<script" not in page and "<b>1,000</b>" not in page and "http" not in page
    assert "Mark Marsh" in page or "marketing_member" in page
    assert b"python verify.py" in packed["README.txt"]


def test_pack__for_who_may_not_read_exact_counts__withholds_the_record_and_still_holds(
    grocer: SimpleNamespace, api_of: Any
) -> None:
    run = request_run(actor=SYSTEM, trigger="schedule")
    execute_run(run.pk)
    request = create_request(
        actor=grocer.owner,
        kind="change",
        subject_type="segment",
        subject_key="anchors",
        proposed={"rule": "orders_90d < 3 OR spend_365d >= 5000"},
        rationale="The stores live on others now.",
    )
    submit_request(actor=grocer.owner, request_id=request.pk)
    address = f"/api/v1/change-requests/{request.pk}/evidence/"
    packs = {
        name: read(api_of(getattr(grocer, name)).get(address).content)
        for name in ("viewer", "learner", "owner", "marketing_member", "auditor")
    }
    told = {name: json.loads(files["impacts.json"])[0] for name, files in packs.items()}
    for name in ("marketing_member", "auditor"):
        assert told[name]["record"]["entering"] == 3 and "withheld" not in told[name]
    for name in ("viewer", "learner"):
        assert told[name]["record"] is None and told[name]["shown"]["entering"] == FEW
        assert "may not read exact counts" in packs[name]["summary.html"].decode()
    # Authors do not read the months that are held out through the pack either.
    assert told["owner"]["record"] is None
    assert all(row["size"] is None for row in told["owner"]["shown"]["backtest"]["months"] if row["held_out"])
    for name, files in packs.items():
        said = " ".join(verify.verify(files))
        assert ("1 of the records of impact are withheld" in said) == (told[name]["record"] is None)
        assert told[name]["digest"] == told["auditor"]["digest"]
    forged = with_new_manifest(changed(packs["viewer"], "impacts.json", _first("digest", "0" * 64)))
    with pytest.raises(verify.FaultError, match="not made of its words"):
        verify.verify(forged)
    forged = with_new_manifest(changed(packs["auditor"], "impacts.json", _first("record", None)))
    with pytest.raises(verify.FaultError, match="record of revision 1"):
        verify.verify(forged)
