"""Keys of segments, attributes, boards and the like: short, lower case, stable."""

import re
from typing import Any

from django.core.validators import RegexValidator
from django.db import models

from common.errors import Invalid

KEY_PATTERN = r"[a-z0-9][a-z0-9_-]{0,62}"
KEY_HELP = "Small letters, digits, - and _, at most 63 characters, starting with a letter or digit."
KeyValidator = RegexValidator(rf"\A{KEY_PATTERN}\Z", message=KEY_HELP)
_KEY = re.compile(rf"\A{KEY_PATTERN}\Z")


def key_field(**options: Any) -> "models.CharField[str, str]":
    """A model field for a key; unique unless told otherwise."""
    options.setdefault("unique", True)
    options.setdefault("max_length", 63)
    return models.CharField(validators=[KeyValidator], **options)


def check_key(text: Any, pointer: str = "/key") -> str:
    """The key itself, or `Invalid` at `pointer`."""
    if not isinstance(text, str) or not _KEY.match(text):
        raise Invalid(f"This is not a key. {KEY_HELP}", code="invalid_key", pointer=pointer)
    return text
