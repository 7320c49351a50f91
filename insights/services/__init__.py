"""Decisions of the insights that write."""

from insights.services.reports import (
    assign_report,
    forget_erased_customers,
    judge_report,
    report_misclassification,
)

__all__ = [
    "assign_report",
    "forget_erased_customers",
    "judge_report",
    "report_misclassification",
]
