"""Asks the apps above through the dotted names in `settings.WIRING`, so that no import goes up."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def providers(kind: str) -> list[Callable[..., Any]]:
    """The functions registered under `kind` (HOME_PANELS, SEARCH, SEGMENT_USES, ATTRIBUTE_USES ...)."""
    return [import_string(name) for name in getattr(import_module(settings.WIRING), kind)]
