"""What the data storey adds to the search."""

from typing import Any

from django.urls import reverse

from common.search import SearchHit
from customers.selectors.attributes import attributes_for
from customers.selectors.customers import customers_for


def search(viewer: Any, text: str, limit: int) -> list[SearchHit]:
    """Customers whose id begins with the text, then attributes by label, key or description; what the viewer may see
    only.
    """
    text = text.replace("\x00", "").strip()
    if not text:
        return []
    customers = customers_for(viewer=viewer).filter(external_id__startswith=text)[:limit]
    hits = [
        SearchHit(
            "Customer",
            row.external_id,
            "",
            reverse("customers:customer", args=[row.external_id]),
            90.0 if row.external_id == text else 40.0,
        )
        for row in customers
    ]
    hits += [
        SearchHit(
            "Attribute",
            attribute.label,
            attribute.description[:160],
            reverse("customers:attribute", args=[attribute.key]),
            60.0 if attribute.label.lower().startswith(text.lower()) else 30.0,
        )
        for attribute in attributes_for(viewer=viewer, text=text)[:limit]
    ]
    return sorted(hits, key=lambda hit: -hit.score)[:limit]
