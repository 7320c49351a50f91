"""The demonstration's one password, made for each installation, and the page that says who can sign in with it."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from demo.documents import Content

FILE_NAME: Final = "sign-in.txt"
_LABEL: Final = "Password: "
# No letters or digits that look alike; three groups of five are some 73 bits.
_SIGNS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


def kept_password(folder: Path) -> str | None:
    """The password that was written down at an earlier start, if the file still stands."""
    path = folder / FILE_NAME
    if not path.is_file():
        return None
    found = (line.strip() for line in path.read_text("utf-8").splitlines())
    return next((line.removeprefix(_LABEL) for line in found if line.startswith(_LABEL)), None)


def new_password() -> str:
    """A password that can be read out and typed."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(5)) for _ in range(3))


def _deeds(people: Sequence[Content]) -> list[tuple[str, str]]:
    return [(person["username"], person["does"]) for person in people]


def write_page(folder: Path, password: str | None, people: Sequence[Content]) -> Path:
    """Write who can sign in, for the owner's eyes only, whole or not at all.

    Without a password (its file was lost) the page says how to set a new one.
    """
    shown = [person for person in people if person.get("is_featured")]
    roles = {person["username"]: ", ".join(person["roles"]) for person in shown}
    name_width, role_width = max(map(len, roles)) + 2, max(map(len, roles.values())) + 2
    lines = [
        "Sign in as one of these people of the demonstration company (all of them fiction).",
        f"{_LABEL}{password}"
        if password
        else "The password is no longer here: manage.py changepassword NAME sets one.",
        "",
        *(f"  {name:<{name_width}}{roles[name]:<{role_width}}{does}" for name, does in _deeds(shown)),
        "",
        f"The other {len(people) - len(shown)} people have the same password; administrators see them under People.",
    ]
    folder.mkdir(parents=True, exist_ok=True)
    path, fresh = folder / FILE_NAME, folder / f"{FILE_NAME}.{os.getpid()}"
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text("\n".join(lines) + "\n", "utf-8")
    fresh.replace(path)
    return path
