"""Addresses of the insights' pages."""

from django.urls import path

from insights.web import reflection, reports, views

app_name = "insights"

urlpatterns = [
    path("insights/", views.health_page, name="health"),
    path("insights/decisions/", reflection.decisions, name="decisions"),
    path("insights/decisions/<int:request_id>/", reflection.decision, name="decision"),
    path("insights/forecasts/<int:forecast_id>/actual/", reflection.actual, name="forecast-actual"),
    path("insights/forecasts/<int:forecast_id>/void/", reflection.void, name="forecast-void"),
    path("insights/velocity/", reflection.velocity, name="velocity"),
    path("insights/owners/", reflection.owners, name="owners"),
    path("insights/trace/", reflection.trace, name="trace"),
    path("misclassifications/", reports.reports, name="reports"),
    path("misclassifications/new/", reports.report_new, name="report-new"),
    path("misclassifications/<int:report_id>/", reports.report, name="report"),
    path("misclassifications/<int:report_id>/judge/", reports.judge, name="report-judge"),
    path("misclassifications/<int:report_id>/assign/", reports.assign, name="report-assign"),
]
