"""Addresses of the API of aims."""

from django.urls import path

from aims.api import views

urlpatterns = [
    path("journeys/", views.JourneyListView.as_view(), name="api-journeys"),
    path("journeys/<str:key>/", views.JourneyView.as_view(), name="api-journey"),
    path("moments/", views.MomentListView.as_view(), name="api-moments"),
    path("priorities/", views.PriorityListView.as_view(), name="api-priorities"),
    path("priorities/weights/", views.WeightsView.as_view(), name="api-priority-weights"),
    path("usage/", views.UsageListView.as_view(), name="api-usage"),
    path("releases/", views.ReleaseListView.as_view(), name="api-releases"),
    path("releases/<int:number>/", views.ReleaseView.as_view(), name="api-release"),
    path("releases/<int:number>/read/", views.ReceiptView.as_view(), name="api-release-read"),
    path("objectives/<str:key>/actuals/", views.ActualListView.as_view(), name="api-objective-actuals"),
    path("objectives/<str:key>/measure/", views.MeasureView.as_view(), name="api-objective-measure"),
    path("segments/<str:key>/efforts/", views.EffortListView.as_view(), name="api-segment-efforts"),
]
