"""`manage.py create_token NAME --user USER --scope read,write [--source KEY]`: prints an API token once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.selectors import user_by_username
from accounts.services import create_token
from common.actors import SYSTEM
from common.errors import DomainError
from customers.selectors import source_by_key


class Command(BaseCommand):
    """Make an API token for a person and print it; it cannot be shown again."""

    help = "Make an API token for a person and print it once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what the token is for")
        parser.add_argument("--user", required=True, help="user name of the person it acts for")
        parser.add_argument("--scope", default="read", help="comma-separated: read, write, ingest, admin")

        parser.add_argument("--source", default="", help="key of the source that data sent with it comes from")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = user_by_username(options["user"])
            scopes = [scope.strip() for scope in options["scope"].split(",") if scope.strip()]
            source = source_by_key(options["source"]).key if options["source"] else ""
            _, plain = create_token(
                actor=SYSTEM, user_id=user.pk, name=options["name"], scopes=scopes, source_key=source
            )
        except DomainError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(plain)
