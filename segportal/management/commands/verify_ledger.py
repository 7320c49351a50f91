"""`manage.py verify_ledger [--head FILE]`: checks the chain; exit 1 and the first bad entry if it is broken."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger.selectors import chain_proof, hash_at


class Command(BaseCommand):
    """Recompute the ledger's chain and compare it with a head kept elsewhere."""

    help = "Check the ledger's chain; with --head also that a head noted earlier is still part of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--head", type=Path, help='a JSON file {"id": ..., "hash": ...} noted earlier')
        parser.add_argument("--write-head", type=Path, help="note the present head in this file")

    def handle(self, *args: Any, **options: Any) -> None:
        proof = chain_proof()
        if not proof.holds:
            self.stderr.write(f"The chain breaks at entry {proof.first_bad}: {proof.reason}.")
            sys.exit(1)
        if options["head"]:
            self._compare(options["head"])
        if options["write_head"]:
            options["write_head"].write_text(json.dumps({"id": proof.head_id, "hash": proof.head_hash}) + "\n")
        self.stdout.write(f"The chain of {proof.count} entries holds; head {proof.head_id} {proof.head_hash}.")

    def _compare(self, path: Path) -> None:
        try:
            head = json.loads(path.read_text())
            head_id, head_hash = int(head["id"]), str(head["hash"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CommandError(f'{path} holds no head. Expected {{"id": ..., "hash": ...}}.') from error
        stored = hash_at(head_id) if head_id else head_hash
        if stored is None:
            self.stderr.write(
                f"Entry {head_id}, noted as the head earlier, is missing: the newest entries were removed."
            )
            sys.exit(1)
        if stored != head_hash:
            self.stderr.write(f"Entry {head_id} is not the one noted earlier: the chain was rewritten.")
            sys.exit(1)
