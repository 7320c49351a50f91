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
        password = _password(options["password_stdin"])
        if options["password_stdin"] and not password:
            raise CommandError("No password came on standard input.")
        try:
            with transaction.atomic():
                self._create(options, password)
        except DomainError as error:
            raise CommandError(error.detail) from error
        means = "can sign in" if password else "can use tokens (no password is set)"
        self.stdout.write(f"{options['username']} {means} as {options['role']}.")

    def _create(self, options: dict[str, Any], password: str | None) -> None:
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


def _password(from_stdin: bool) -> str | None:
    """The password; None from a script that gives none: such a person uses tokens only until one is set."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        return None
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Again: "):
        raise CommandError("The two passwords differ.")
    return first
