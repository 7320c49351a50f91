"""Every address of the portal with arguments that lead to something."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

from django.urls import get_resolver, reverse

# Addresses of others: sign-in is allauth's, the admin has its own tests, health is open.
# The tracking API knows write keys instead of people, and has its own tests.
FOREIGN = ("admin:", "account_", "headless:")
OPEN = {"livez", "readyz", "first-run", "styleguide"} | {
    f"tracking{each}" for each in ("", "-slash", "-none", "-unknown")
}

ARGUMENTS: dict[str, Any] = {
    "key": "anchors",
    "other": "occasional",
    "external_id": "hh-01",
    "number": 1,
    "index": 0,
    "username": "viewer",
    "correlation": uuid.UUID(int=1),
    "handoff_id": 1,
    "token_id": 1,
    "draft_id": 1,
    "delegation_id": 1,
    "declaration_id": 1,
    "invitation_id": 1,
    "token": "x:y",
    "suggestion_id": 1,
    "assumption_id": 1,
    "blackout_id": 1,
    "stamp": 1,
    "list_id": 1,
    "other_id": 1,
    "export_id": 1,
    "event_id": 1,
    "problem_id": 1,
    "kind": "term",
    "words": "terms",
    "old": 1,
    "new": 1,
    "shadow_id": 1,
    "type_": "segment",
    "effort_id": 999_999,
    "forecast_id": 999_999,
    "head_id": 999_999,
    "delivery_id": 999_999,
    "scope": "segment",
    "request_ref": "1",
}
# Routes whose key is not that of a segment.
KEYS = {
    "api-attribute": "orders_90d",
    "api-attribute-distribution": "orders_90d",
    "api-attribute-versions": "orders_90d",
    "api-attribute-versions-compare": "orders_90d",
    "customers:attribute": "orders_90d",
    "customers:attribute-versions": "orders_90d",
    "customers:attribute-edit": "orders_90d",
    "api-source": "pos",
    "customers:source": "pos",
    "customers:source-edit": "pos",
    "customers:write-key-new": "pos",
    "customers:write-key-revoke": "pos",
    "api-objective": "loyalty",
    "taxonomy:objective": "loyalty",
    "taxonomy:objective-edit": "loyalty",
    "taxonomy:objective-sign": "loyalty",
    "taxonomy:objective-withdraw": "loyalty",
    "api-objective-sign": "loyalty",
    "api-objective-withdraw": "loyalty",
    "api-objective-actuals": "loyalty",
    "api-objective-measure": "loyalty",
    "aims:objective-region": "loyalty",
    "aims:actual-measure": "loyalty",
    "aims:actual-enter": "loyalty",
    "aims:journey": "regular",
    "api-journey": "regular",
    "api-term": "lead",
    "api-term-versions": "lead",
    "api-word-compare": "lead",
    "api-metric": "share-kept",
    "api-metric-versions": "share-kept",
    "taxonomy:term": "lead",
    "taxonomy:term-versions": "lead",
    "taxonomy:metric": "share-kept",
    "taxonomy:metric-versions": "share-kept",
    "taxonomy:guideline": "ethics",
    "taxonomy:guideline-versions": "ethics",
    "taxonomy:mapping-source": "pos",
    "taxonomy:mapping-map": "pos",
    "reviews:word-region": "lead",
    "api-board": "board",
    "reviews:board": "board",
    "reviews:rule-draft-spread": "orders_90d",
    "reviews:board-edit": "board",
    "reviews:board-seat": "board",
    "reviews:board-unseat": "board",
    "reviews:board-lend": "board",
    "reviews:board-take-back": "board",
    "api-board-delegations": "board",
}


def _walk(resolver: Any, prefix: str = "", space: str = "") -> Iterator[tuple[str, list[str], Any]]:
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            inner = ":".join(part for part in (space, pattern.namespace) if part)
            yield from _walk(pattern, prefix + str(pattern.pattern), inner)
        else:
            name = f"{space}:{pattern.name}" if space else pattern.name
            yield name if pattern.name else "", sorted(pattern.pattern.converters), pattern.callback


def methods_of(view: Any) -> list[str]:
    """What the address takes: an API view says so itself; a page is looked at and posted to."""
    declared = getattr(view, "cls", None)
    if declared is None:
        return ["GET", "POST"]
    return [method.upper() for method in ("get", "post", "put", "patch", "delete") if hasattr(declared, method)]


def routes(
    ids: dict[str, Any], only: Callable[[str, list[str]], bool] = lambda name, wanted: True
) -> Iterator[tuple[str, str, list[str]]]:
    """(name, path, methods) of every address of ours; `ids` gives the numbers of things on the stage. `only` picks by
    name and arguments."""
    for name, wanted, view in _walk(get_resolver()):
        if (
            not name
            or name.startswith(FOREIGN)
            or name in OPEN
            or getattr(view, "__module__", "").startswith("allauth")
            or not only(name, wanted)
        ):
            continue
        given = {word: ids.get(word, ARGUMENTS.get(word)) for word in wanted}
        if name in KEYS:
            given["key"] = KEYS[name]
        yield name, reverse(name, kwargs=given), methods_of(view)
