"""`manage.py verify_ledger [--head FILE [--key KEY]]`: checks the chain; exit 1 and the first bad entry if broken."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger.selectors import chain_proof, hash_at
from ledger.selectors.readings import first_broken_seal
from ledger.services.signing import is_signed


class Command(BaseCommand):
    """Recompute the ledger's chain and compare it with a head kept elsewhere."""

    help = "Check the ledger's chain; with --head also that a head noted earlier is still part of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--head", type=Path, help='heads noted earlier: {"id": ..., "hash": ...}, one in each line')
        parser.add_argument("--key", help="the public key that signed them, in hexadecimal digits")
        parser.add_argument("--write-head", type=Path, help="note the present head in this file")

    def handle(self, *args: Any, **options: Any) -> None:
        proof = chain_proof()
        if not proof.holds:
            self.stderr.write(f"The chain breaks at entry {proof.first_bad}: {proof.reason}.")
            sys.exit(1)
        seal = first_broken_seal()
        if seal is not None:
            self._fail(f"The readings of personal data that entry {seal} seals are not what they were.")
        if options["head"]:
            self._compare(options["head"], options["key"])
        if options["write_head"]:
            options["write_head"].write_text(json.dumps({"id": proof.head_id, "hash": proof.head_hash}) + "\n")
        self.stdout.write(f"The chain of {proof.count} entries holds; head {proof.head_id} {proof.head_hash}.")

    def _compare(self, path: Path, key: str | None) -> None:
        for head in _heads(path):
            if key and not _is_signed(head, key):
                self._fail(f"Head {head['id']} in {path} is not signed by this key, or was changed since.")
            stored = hash_at(head["id"]) if head["id"] else head["hash"]
            if stored is None:
                self._fail(
                    f"Entry {head['id']}, noted as the head earlier, is missing: the newest entries were removed."
                )
            if stored != head["hash"]:
                self._fail(f"Entry {head['id']} is not the one noted earlier: the chain was rewritten.")

    def _fail(self, text: str) -> NoReturn:
        self.stderr.write(text)
        sys.exit(1)


def _heads(path: Path) -> list[dict[str, Any]]:
    try:
        found = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
        return [{**head, "id": int(head["id"]), "hash": str(head["hash"])} for head in found]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f'{path} holds no head. Expected {{"id": ..., "hash": ...}}, one in each line.') from error


def _is_signed(head: dict[str, Any], key: str) -> bool:
    signed = {name: head[name] for name in ("at", "hash", "id", "key") if name in head}
    document = json.dumps(signed, separators=(",", ":"), sort_keys=True)
    return is_signed(document, str(head.get("signature", "")), key)
