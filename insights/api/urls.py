"""Addresses of the insights' API."""

from django.urls import path

from insights.api import reports
from insights.api.views import HealthView

_ONE = "misclassifications/<int:report_id>/"

urlpatterns = [
    path("insights/segments/", HealthView.as_view(), name="api-insights"),
    path("misclassifications/", reports.MisclassificationsView.as_view(), name="api-misclassifications"),
    path(_ONE, reports.MisclassificationView.as_view(), name="api-misclassification"),
    path(f"{_ONE}judge/", reports.MisclassificationJudgeView.as_view(), name="api-misclassification-judge"),
    path(f"{_ONE}assign/", reports.MisclassificationAssignView.as_view(), name="api-misclassification-assign"),
]
