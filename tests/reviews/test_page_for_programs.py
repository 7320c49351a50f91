"""The page that teaches programs a change: every line of it is carried out, in its order, and answers what it says."""

import io
import json
import re
import shlex
import zipfile
from collections.abc import Iterator
from string import Template
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.services import create_token

pytestmark = pytest.mark.django_db

PAGE = settings.BASE_DIR / "docs" / "change-by-program.md"
BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
KEPT = re.compile(r"^(\w+)=\$\((curl .*) \| jq -r \.(\w+)\)$")
HOST = "http://testserver/api/v1"


def parts(text: str) -> Iterator[tuple[str, str]]:
    """(kind, text) of each line to carry out and of each answer that is promised."""
    for kind, body in BLOCK.findall(text):
        yield from ((kind, line) for line in body.splitlines() if kind == "sh")
        if kind == "json":
            yield kind, body


def curl(line: str) -> Any:
    """The answer to one line: as JSON, or the names within a zip."""
    method, headers, body, address = "GET", {}, "", ""
    words = iter(shlex.split(line)[1:])
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(words)
        elif word == "-o":
            next(words)
        elif word != "-s":
            address = word.removeprefix("http://testserver")
    kind = headers.pop("Content-Type", "application/json")
    answer = Client().generic(method, address, body, content_type=kind, headers=headers)
    if answer["Content-Type"] == "application/zip":
        return zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    return answer.json()


def holds(promised: Any, answer: Any) -> bool:
    """Whether all that is promised is in the answer; lists are compared as far as they are promised."""
    if isinstance(promised, dict):
        return all(name in answer and holds(value, answer[name]) for name, value in promised.items())
    if isinstance(promised, list):
        return len(answer) >= len(promised) and all(map(holds, promised, answer))
    return bool(promised == answer)


def test_page__line_by_line__answers_as_it_says(grocer: SimpleNamespace) -> None:
    people = {"OWNER": grocer.owner, "MARKETING": grocer.marketing_member, "SALES": grocer.sales_member}
    known = {"API": HOST}
    for name, person in people.items():
        known[name] = create_token(actor=person, user_id=person.pk, name="script", scopes=["read", "write"])[1]
    answer: Any = None
    carried_out = 0
    for kind, text in parts(PAGE.read_text()):
        if kind == "json":
            assert holds(json.loads(text), answer), f"{text}\nis not in\n{json.dumps(answer, indent=1)[:4000]}"
            continue
        kept = KEPT.match(text)
        answer = curl(Template(kept[2] if kept else text).substitute(known))
        if kept:
            known[kept[1]] = str(answer[kept[3]])
        if "evidence" in text:
            assert "verify.py" in {name.rpartition("/")[2] for name in answer}
        carried_out += 1
    assert carried_out > 10
