"""Addresses of the insights' API."""

from django.urls import path

from insights.api import reflection, reports
from insights.api.views import HealthView

_ONE = "misclassifications/<int:report_id>/"

urlpatterns = [
    path("insights/segments/", HealthView.as_view(), name="api-insights"),
    path("insights/predictions/", reflection.PredictionsView.as_view(), name="api-predictions"),
    path("insights/calibration/", reflection.CalibrationView.as_view(), name="api-calibration"),
    path("insights/velocity/", reflection.VelocityView.as_view(), name="api-velocity"),
    path("misclassifications/", reports.MisclassificationsView.as_view(), name="api-misclassifications"),
    path(_ONE, reports.MisclassificationView.as_view(), name="api-misclassification"),
    path(f"{_ONE}judge/", reports.MisclassificationJudgeView.as_view(), name="api-misclassification-judge"),
    path(f"{_ONE}assign/", reports.MisclassificationAssignView.as_view(), name="api-misclassification-assign"),
]
