"""Reading the insights."""

from insights.selectors.health import HealthRow, health
from insights.selectors.reports import home_panels, rates, report_for, reports_for, standing_for, triagers

__all__ = [
    "HealthRow",
    "health",
    "home_panels",
    "rates",
    "report_for",
    "reports_for",
    "standing_for",
    "triagers",
]
