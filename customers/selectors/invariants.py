"""What must always be true of customers and their events, checked on the live database."""

from collections.abc import Mapping
from typing import Final

from django.db import connection

# Sentence -> what breaks it: at most some numbers or ordinals; ids of customers are not written into a report.
_CHECKS: Final[Mapping[str, str]] = {
    "Message of event {} was stored twice.": """
        SELECT max(id) FROM customers_event GROUP BY source_key, message_id HAVING count(*) > 1 LIMIT 5
    """,
    "Event {} belongs to a customer who is gone.": """
        SELECT e.id FROM customers_event e JOIN customers_customer c ON c.ordinal = e.customer_ordinal
        WHERE c.is_erased LIMIT 5
    """,
    "Event {} belongs to another customer than the one whom its user's id names.": """
        SELECT e.id FROM customers_event e JOIN customers_customer c ON c.ordinal = e.customer_ordinal
        LEFT JOIN customers_link l ON l.kind = 'alias' AND l.name = e.user_id
        WHERE e.user_id <> '' AND c.external_id <> coalesce(l.external_id, e.user_id) LIMIT 5
    """,
    "The customer of ordinal {} was merged into one who is gone.": """
        SELECT c.ordinal FROM customers_customer c JOIN customers_customer s ON s.ordinal = c.merged_into_id
        WHERE s.is_erased LIMIT 5
    """,
    "The customer of ordinal {} is here although the id belongs to another one.": """
        SELECT c.ordinal FROM customers_customer c
        JOIN customers_link l ON l.kind = 'alias' AND l.name = c.external_id AND l.external_id <> l.name
        WHERE NOT c.is_erased LIMIT 5
    """,
    "Link {} leads to nobody.": """
        SELECT l.id FROM customers_link l WHERE l.kind = 'alias' AND NOT EXISTS (
            SELECT 1 FROM customers_customer c WHERE c.external_id = l.external_id AND NOT c.is_erased) LIMIT 5
    """,
}


def breaches() -> list[str]:
    """Sentences that name what is wrong: no message twice, every event with the customer whom its ids name now, nobody
    here who was merged away.
    """
    found = []
    with connection.cursor() as cursor:
        for sentence, query in _CHECKS.items():
            cursor.execute(query)
            found += [sentence.format(row[0]) for row in cursor.fetchall()]
    return found
