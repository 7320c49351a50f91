"""The style guide: for builders only, and as strict as every page."""

import re
from typing import Any

import pytest
from django.test import Client


@pytest.mark.django_db
def test_styleguide__without_debug__is_not_there() -> None:
    assert Client().get("/styleguide/").status_code == 404


@pytest.mark.django_db
def test_styleguide__with_debug__holds_nothing_that_the_security_policy_refuses(settings: Any) -> None:
    settings.DEBUG = True
    response = Client().get("/styleguide/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "unsafe" not in response["Content-Security-Policy"]
    assert not re.findall(r"<[^>]+\sstyle=", page)
    assert not re.findall(r"<[^>]+\son[a-z]+=", page)
    assert not re.findall(r"<script(?![^>]*\ssrc=)", page)
    assert not re.findall(r"<style", page)


@pytest.mark.django_db
def test_styleguide__a_page_of_components__gives_each_id_once(settings: Any) -> None:
    settings.DEBUG = True
    ids = re.findall(r'\sid="([^"]+)"', Client().get("/styleguide/").content.decode())
    assert sorted(ids) == sorted(set(ids))
