"""Addresses of the insights' pages."""

from django.urls import path

from insights.web import reports, views

app_name = "insights"

urlpatterns = [
    path("insights/", views.health_page, name="health"),
    path("misclassifications/", reports.reports, name="reports"),
    path("misclassifications/new/", reports.report_new, name="report-new"),
    path("misclassifications/<int:report_id>/", reports.report, name="report"),
    path("misclassifications/<int:report_id>/judge/", reports.judge, name="report-judge"),
    path("misclassifications/<int:report_id>/assign/", reports.assign, name="report-assign"),
]
