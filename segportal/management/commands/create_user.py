"""`manage.py create_user NAME --role ROLE [--board KEY --function FUNCTION]`: people, for set-up and scripts."""

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.choices import Function, Role
from accounts.services import create_user
from common.actors import SYSTEM
from common.errors import DomainError
from reviews.services.boards import seat_member


class Command(BaseCommand):
    """Create a person who can sign in, with a role and, if asked, a seat on a board."""

    help = "Create a person with a role and, if asked, a seat on a governance board."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument(
            "--branch", default="", help="segment key; the role holds there and below (default: everywhere)"
        )
        parser.add_argument("--name", default="", help="name for display")
        parser.add_argument("--email", default="")
        parser.add_argument("--board", help="key of the board to sit on")
        parser.add_argument("--function", default="", choices=["", *Function.values])
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["board"] and not options["function"]:
            raise CommandError("A seat needs a function: add --function.")
        try:
            with transaction.atomic():
                self._create(options, _password(options["password_stdin"]))
        except DomainError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"{options['username']} can sign in as {options['role']}.")

    def _create(self, options: dict[str, Any], password: str) -> None:
        create_user(
            actor=SYSTEM,
            username=options["username"],
            display_name=options["name"],
            email=options["email"],
            password=password,
            function=options["function"],
            roles=[(options["role"], options["branch"])],
        )
        if options["board"]:
            seat_member(
                actor=SYSTEM, board_key=options["board"], username=options["username"], function=options["function"]
            )


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        raise CommandError("Give the password with --password-stdin.")
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Again: "):
        raise CommandError("The two passwords differ.")
    return first
