"""Addresses of the training API."""

from django.urls import path

from training.api import views

urlpatterns = [
    path("training/", views.PathView.as_view(), name="api-training"),
    path("training/<str:key>/", views.BriefView.as_view(), name="api-brief"),
    path("training/<str:key>/walkthrough/", views.WalkthroughView.as_view(), name="api-walkthrough"),
    path("training/<str:key>/walkthrough/steps/<int:index>/", views.StepView.as_view(), name="api-walkthrough-step"),
]
