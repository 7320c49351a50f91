"""One catalogue with an attribute of every type, for the tests of the rule language."""

from taxonomy.rules import AttributeFacts

CATALOGUE: dict[str, str | AttributeFacts] = {
    "orders": AttributeFacts("number", "Orders in last 90 days", "orders"),
    "spend": AttributeFacts("number", "Spend", "EUR"),
    "share": AttributeFacts("number", "Private-label share", "%"),
    "city": AttributeFacts("text", "City"),
    "region": "text",
    "department": AttributeFacts("enum", "Home department", choices=("Bakery", "Deli", "Meat", "Fish, fresh")),
    "second_department": AttributeFacts("enum", "Second department", choices=("Bakery", "Deli")),
    "mailable": AttributeFacts("boolean", "Consent to mail"),
    "member": "boolean",
    "last_order": AttributeFacts("date", "Last order"),
    "first_order": "date",
    "seen": AttributeFacts("timestamp", "Last seen"),
    "tags": AttributeFacts("set", "Tags"),
    "channels": AttributeFacts("set", "Channels", choices=("mail", "shop")),
    "home-city": "text",
    "2nd": "number",
    "and": "number",
    "date": "date",
    'odd " name': "number",
}
