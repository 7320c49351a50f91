"""Addresses of the training pages and regions."""

from django.urls import path

from training.web import views

app_name = "training"

urlpatterns = [
    path("training/", views.home, name="home"),
    path("training/region/segment/<str:key>/", views.segment_region, name="segment-region"),
    path("training/<str:key>/", views.brief, name="brief"),
    path("training/<str:key>/fits/", views.fits, name="fits"),
    path("training/<str:key>/walkthrough/", views.walkthrough, name="walkthrough"),
    path("training/<str:key>/walkthrough/answer/", views.answer, name="answer"),
    path("training/<str:key>/walkthrough/again/", views.again, name="again"),
    path("training/<str:key>/walkthrough/done/", views.done, name="done"),
]
