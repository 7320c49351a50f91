"""What of runs and members somebody should answer for."""

from common.alarms import Alarm
from memberships.selectors.alerts import alerts


def alarms() -> list[Alarm]:
    """Everything that is stuck, failing or old; what is only being tried again needs nobody yet."""
    return [
        Alarm(
            key=f"run:{each.kind}:{each.since:%Y-%m-%d}:{each.url}"[:150],
            kind="run",
            title=each.title,
            url=each.url,
            since=each.since,
            advice=each.advice,
        )
        for each in alerts()
        if each.kind != "retrying"
    ]
