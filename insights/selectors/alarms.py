"""Segments of which people say too often that they are wrong."""

from django.urls import reverse

from common.alarms import Alarm
from common.clock import now
from insights.selectors.reports import rates

# Reports in 90 days for each 1,000 members, and how many there must be at least: one report is an opinion.
PER_THOUSAND = 5.0
LEAST = 3


def alarms() -> list[Alarm]:
    """The segments above the line, once a month each."""
    at = now()
    return [
        Alarm(
            key=f"doubts:{key}:{at:%Y-%m}",
            kind="misclassification",
            title=f"{rate.reported} customers were reported as wrong in {key} within 90 days",
            url=f"{reverse('insights:reports')}?segment={key}&state=all",
            since=at,
            advice="Judge the reports; where they are right, propose a change of the rule or mend the data.",
            segment_key=key,
        )
        for key, rate in rates().items()
        if rate.reported >= LEAST and (rate.per_thousand or 0) >= PER_THOUSAND
    ]
